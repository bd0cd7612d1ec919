#!/bin/bash
# batch.sh - certificates by the batch: rate, CPU, and memory that must not grow.
#
# BATCH_ROWS (100,000) requests in one POST, by a rule without a limit.  Prints
# a line of JSON: rate, CPU of service and keeper for each certificate, the
# service's resident memory before, and at its peak.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "${srcdir:-$PWD}/tests/bench/lib.sh"
# shellcheck source=tests/lib/pki.sh
. "$CLAVIGER_SOURCE/tests/lib/pki.sh"
rows=${BATCH_ROWS:-100000}
trap house_down EXIT

# post KEY FILE - one batch, by curl; its last line.
post() {
	curl -sN --cacert "$CLAVIGER_CA_FILE" -H "Authorization: Bearer $(cat "$house/ci.token")" \
	    -H 'Content-Type: application/x-ndjson' -H "Idempotency-Key: $1" -T - -X POST \
	    "$url/v1/cas/devices/batches?profile=device" < "$2" | tail -n 1
}

house_new
sed -i '/uses: 20000/d' "$house/charter/classes/ca.yaml"
house_up
house_found officer-1
pki_make
# What one needs once for all is there before it is measured.
"$CLAVIGER_BUILD/tests/lib/csrs" ndjson 2000 warm > "$house/warm"
post warm "$house/warm" > /dev/null
"$CLAVIGER_BUILD/tests/lib/csrs" ndjson "$rows" device > "$house/rows"
before=$(kib "$service_pid" VmRSS) cpu=$(both ticks)
from=$(now_us)
end=$(post rows "$house/rows")
us=$(($(now_us) - from))
cpu=$(($(both ticks) - cpu))
jq -c --argjson us "$us" --argjson cpu "$cpu" --argjson before "$before" --argjson peak "$(kib "$service_pid" VmHWM)" \
    '{bench: "batch", rows, done, failed, per_second: (.done * 1000000 / $us | floor), cpu_us: ($cpu * 10000 / .rows | floor),
      resident_before_kib: $before, resident_peak_kib: $peak}' <<< "$end"
