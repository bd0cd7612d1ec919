-- sign.lua - what each client of wrk sends: another digest every time.
-- Thread and counter make the digest; KEY, TOKEN and RUN come from the environment.
local threads = 0
function setup(thread)
	threads = threads + 1
	thread:set("id", threads)
end
function init()
	n = 0
	path = "/v1/keys/" .. os.getenv("KEY") .. "/sign"
	run = tonumber(os.getenv("RUN"))
	headers = { ["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
		["Content-Type"] = "application/json" }
	bad = 0
end
function request()
	n = n + 1
	local digest = string.format("%016x%016x%032x", run, id, n)
	return wrk.format("POST", path, headers,
		'{"digest":{"algorithm":"sha-256","value":"' .. digest .. '"}}')
end
