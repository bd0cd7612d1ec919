-- issue.lua - what each client of wrk sends: the next line of the file BODIES,
-- {"csr","name"} of a device each, as a request for its certificate.  Behind the last
-- one the answer is the same again, and counts as "more than there were".
function init()
	path = "/v1/cas/" .. os.getenv("ISSUER") .. "/certificates"
	headers = { ["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
		["Content-Type"] = "application/json" }
	bodies = {}
	for line in io.lines(os.getenv("BODIES")) do
		bodies[#bodies + 1] = '{"profile":"device",' ..
		    line:gsub('"name"', '"device"'):sub(2)
	end
	n = 0
end
function request()
	n = n + 1
	return wrk.format("POST", path, headers, bodies[(n - 1) % #bodies + 1])
end
