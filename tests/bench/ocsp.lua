-- wrk asks for one certificate's state: POST with the octets of a file, or
-- GET, by what its environment says.
local file = os.getenv("REQUEST")

if file then
	local f = assert(io.open(file, "rb"))
	wrk.method = "POST"
	wrk.body = f:read("*a")
	wrk.headers["Content-Type"] = "application/ocsp-request"
	f:close()
end
