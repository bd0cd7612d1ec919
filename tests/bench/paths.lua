-- wrk reads what the lines of the file PATHS name, one after another, as TOKEN.
local paths, n = {}, 0

for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")

function request()
	n = n % #paths + 1
	return wrk.format("GET", paths[n])
end
