#!/bin/bash
# import.sh - certificates of another CA into the inventory, from a table, and
# then its revocation list: rate, CPU, and memory that must not grow.
#
# BENCH_IMPORT (100,000) certificates, each with a key of its own.  Prints lines
# of JSON: what reading and verifying each takes alone; the rate of the import,
# to that; CPU of service and keeper for each certificate; resident memory of
# both, after each part; the list; and at the end what the database alone takes
# for the same rows, in as many transactions.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "${srcdir:-$PWD}/tests/bench/lib.sh"
n=${BENCH_IMPORT:-100000}
trap house_down EXIT

# entered NAME FILE ARG... - one import; a line says what came of it.
entered() {
	local name=$1 file=$2 out from us cpu client
	shift 2
	cpu=$(both ticks) from=$(now_us)
	client=$(TIMEFORMAT='%U %S'; { time as_officer officer-1 cert import "$file" --product bench --json "$@" > "$house/told"; } 2>&1)
	us=$(($(now_us) - from)) cpu=$(($(both ticks) - cpu))
	out=$(cat "$house/told")
	jq -c --arg name "$name" --argjson us "$us" --argjson cpu "$cpu" --arg client "$client" --argjson alone "$alone" \
	    --argjson service "$(resident "$service_pid")" --argjson keeper "$(resident "$keeper_pid")" \
	    '(.entered + .known) as $n | ($n * 1000000 / $us) as $rate |
	    {bench: "import", what: $name, entered, known, bad: .bad_total, per_second: ($rate | floor),
	     of_read_and_verify: ($rate / $alone * 1000 | round / 1000), cpu_us: ($cpu * 10000 / $n | floor),
	     client_cpu_us: (($client | split(" ") | map(tonumber) | add) * 1000000 / $n | floor),
	     service_kib: $service, keeper_kib: $keeper}' <<< "$out"
}
# listed NAME - its revocation list.
listed() {
	local from ms
	from=$(now_us)
	as_officer officer-1 cert import --crl "$house/ca.crl" --json > "$house/told"
	ms=$(ms_since "$from")
	jq -c --arg name "$1" --argjson ms "$ms" --argjson service "$(resident "$service_pid")" \
	    '.lists[0] | {bench: "import", what: $name, entries: .list.entries, revoked, known, ms: $ms, service_kib: $service}' "$house/told"
}
# rows_alone - the same rows into an empty database with the same tables and indexes.
rows_alone() {
	local db=$house/service/claviger.db new=$house/alone.db from us cpu
	sqlite3 "$db" '.schema elsewhere_certificate' '.schema elsewhere_certificate_product' | sqlite3 -batch "$new"
	{
		echo "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; ATTACH '$db' AS old;"
		for ((i = 1; i <= n; i += 100)); do
			echo "BEGIN; INSERT INTO main.elsewhere_certificate SELECT * FROM old.elsewhere_certificate WHERE rowid BETWEEN $i AND $((i + 99));"
			echo "INSERT INTO main.elsewhere_certificate_product SELECT * FROM old.elsewhere_certificate_product WHERE rowid BETWEEN $i AND $((i + 99)); COMMIT;"
		done
	} > "$house/alone.sql"
	from=$(now_us)
	cpu=$(TIMEFORMAT='%U %S'; { time sqlite3 -batch "$new" < "$house/alone.sql" > /dev/null; } 2>&1)
	us=$(($(now_us) - from))
	jq -nc --argjson n "$n" --argjson us "$us" --arg cpu "$cpu" '{bench: "import", what: "rows alone", rows: $n,
	    per_second: ($n * 1000000 / $us | floor), cpu_us: (($cpu | split(" ") | map(tonumber) | add) * 1000000 / $n | floor)}'
}

house_new
house_up
house_found officer-1
certs=$CLAVIGER_BUILD/tests/lib/certs
"$certs" make "$n" "$house"
alone=$("$certs" read "$house" | jq '.read * 1000000 / .us')
jq -nc --argjson n "$n" --argjson rate "$alone" '{bench: "import", what: "read and verify alone", certificates: $n, per_second: ($rate | floor)}'
head -n 2001 "$house/certs.csv" > "$house/warm.csv"
head -n "$((n / 2))" "$house/certs.csv" > "$house/half.csv"
{ head -n 1 "$house/certs.csv"; tail -n +"$((n / 2 + 1))" "$house/certs.csv"; } > "$house/rest.csv"
entered "what warms" "$house/warm.csv"
entered "a half" "$house/half.csv"
entered "the rest" "$house/rest.csv"
entered "all of it again" "$house/certs.csv"
listed "the list"
listed "the list again"
# Of more than a million, as many as one event has of these.
"$certs" make 8000 "$house" "${BENCH_LISTED:-1000000}"
entered "another CA" "$house/certs.csv"
listed "a long list"
listed "the long list again"
rows_alone
