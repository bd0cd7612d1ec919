#!/bin/bash
# devices.sh - what was signed, the devices that run it, and until when their
# product line can be kept up.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"

house_new
trap house_end EXIT
house_store
house_ready
token=$(cat "$house/ci.token")
holds "a key" house_key bench development
for n in 1 2; do
	head -c 1000 /dev/urandom > "$house/image-$n"
	holds "it signs image $n" as_ci sign --key bench --product thermostat --artifact-version "1.$n" "$house/image-$n" -o "$house/sig"
done
hash_of() { sha256sum "$house/$1" | cut -d' ' -f1; }

# ---- artifacts
is 0 "what was signed" as_ci artifact list --product thermostat --json
like "the newest first, by which key, under which request" '[.artifacts[] | .version, .key_name, .principal] ==
    ["1.2", "bench", "ci", "1.1", "bench", "ci"] and (.artifacts[0].request | startswith("req_")) and .next == null'
is 0 "of another product line" as_ci artifact list --product teapot --json
like "nothing" '.artifacts == []'
is 0 "a page of one" as_ci artifact list --limit 1 --json
like "goes on" '(.artifacts | length) == 1 and (.next | type) == "string"'
is 0 "behind it" as_ci artifact list --limit 1 --cursor "$(field next)" --json
like "the other" '[.artifacts[].version] == ["1.1"]'
is 0 "one, by its digest" as_ci artifact show "$(hash_of image-1 | tr a-f A-F)" --json
like "with its signatures" '.product == "thermostat" and .version == "1.1" and (.signatures | length) == 1'
is 0 "for people" as_ci artifact show "$(hash_of image-1)"
shows "by which key" '^bench +thermostat +1.1 +ci '
is 66 "what nobody signed" as_ci artifact show "$(printf '%064d' 7)"
is 0 "what is no digest" api 400 malformed GET /v1/artifacts/abc
is 0 "a cursor of another list" api 400 malformed GET '/v1/artifacts?cursor=x'
is 77 "strangers learn nothing" claviger artifact list

house_result
