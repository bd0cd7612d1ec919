#!/bin/bash
# inventory.sh - a house that has issued very many certificates, of which a tenth
# are revoked: how soon it is up, what it holds in memory, what a search takes,
# a revocation list from the database to the file that is served, and what
# signing loses while all that runs out is looked at.
#
# The rows are put into the database beside the ledger: who searches cannot tell.
# BENCH_CERTIFICATES=10000000 takes 12 GiB of disk; BENCH_REVOKED changes the tenth.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "${srcdir:-$PWD}/tests/bench/lib.sh"
n=${BENCH_CERTIFICATES:-100000} revoked=${BENCH_REVOKED:-$((${BENCH_CERTIFICATES:-100000} / 10))}
trap house_down EXIT
database() { sqlite3 -batch "$house/service/claviger.db" "$@"; }

# searched WHAT < PATHS - one asks after another.
searched() {
	local out
	cat > "$house/paths"
	out=$(PATHS=$house/paths wrk -t1 -c1 "-d${seconds}s" --latency -s "$CLAVIGER_SOURCE/tests/bench/paths.lua" "$CLAVIGER_URL")
	jq -nc --arg what "$1" --argjson rows "$rows" --argjson n "$(awk '/requests in/{print $1}' <<<"$out")" --argjson s "$seconds" \
	    --arg p99 "$(awk '/99%/{print $2}' <<<"$out")" --argjson bad "$(awk '/Non-2xx/{n = $NF} END {print n + 0}' <<<"$out")" \
	    '{bench: "inventory", what: $what, rows: $rows, ms: ($s * 100000 / $n | round / 100), p99: $p99, refused: $bad}'
}
searches() {
	rows=$(database 'SELECT COUNT(*) FROM certificate')
	database 'SELECT lower(hex(serial)) FROM certificate ORDER BY fingerprint LIMIT 10000' |
	    sed 's,^,/v1/certificates?serial=,' | searched "by serial number"
	database 'SELECT device FROM certificate WHERE device IS NOT NULL ORDER BY fingerprint LIMIT 10000' |
	    sed 's,^,/v1/certificates?device=,' | searched "by device"
	database 'SELECT device FROM certificate WHERE device IS NOT NULL ORDER BY fingerprint LIMIT 10000' |
	    sed 's,^,/v1/certificates?subject=,' | searched "by common name"
	printf '/v1/certificates?expires_after=%s&expires_before=%s&limit=100\n' "$(date -u +%FT%TZ)" \
	    "$(date -u -d '+30 days' +%FT%TZ)" | searched "a page of those that end in 30 days"
	echo /v1/inventory/products/line | searched "all that a product line depends on"
	echo /v1/inventory/keys/devices-key | searched "all of one key"
	database 'SELECT device FROM certificate WHERE device IS NOT NULL ORDER BY fingerprint LIMIT 10000' |
	    sed 's,^,/v1/inventory/devices?device=,' | searched "all of one device"
}
# look_s - what the last look took, in seconds; 0.000: there was none yet.
look_s() { curl -s --cacert "$house/anchor.pem" -H "Authorization: Bearer $TOKEN" "$CLAVIGER_URL/metrics" | sed -n 's/^claviger_look_seconds //p'; }
# looked - what runs out, among all of them, as the service does each minute.
looked() {
	local took=0
	for _ in {1..600}; do
		took=$(look_s)
		[ "$took" != 0.000 ] && break
		sleep 0.1
	done
	jq -nc --argjson s "$took" --argjson rows "$rows" '{bench: "inventory", what: "a look at all that runs out", rows: $rows, ms: ($s * 1000)}'
	as_ci alert list --json | jq -c '{bench: "inventory", what: "alerts", counted: [.alerts[] | {watch, what}]}'
}
# signed EVERY SECONDS - the signatures of 32 clients, with a look each so many seconds.
signed() {
	local options=("${service_options[@]}") seconds=$2
	service_options+=(--set "alerts.every=$1")
	service_again
	service_options=("${options[@]}")
	until_true 60 bash -c "$(declare -f look_s); [ \"\$(look_s)\" != 0.000 ]" || die "nothing was looked at"
	load sign 32 sign.lua | jq '.done - .refused'
	service_stop
}
# beside WHAT EVERY SECONDS TIMES - signing beside looks, and alone, turn by turn.
beside() {
	local i alone=0 both=0
	for ((i = 0; i < $4; i++)); do
		# Other digests each time: what was signed is not signed again.
		RUN=$((RUN + 1))
		alone=$((alone + $(signed 86400 "$3")))
		RUN=$((RUN + 1))
		both=$((both + $(signed "$2" "$3")))
	done
	jq -nc --arg what "$1" --argjson rows "$rows" --argjson alone "$alone" --argjson both "$both" --argjson s $(($3 * $4)) \
	    '{bench: "inventory", what: $what, rows: $rows, per_second: ($both / $s | floor), alone: ($alone / $s | floor), of_alone: ($both / $alone * 1000 | round / 1000)}'
}
# started - the service, and what it has in memory then.
started() {
	service_again
	jq -nc --argjson ms "$ms" --argjson rows "$rows" --argjson kib "$(resident "$service_pid")" \
	    '{bench: "inventory", what: "start until it is ready", rows: $rows, ms: $ms, resident_kib: $kib}'
}
list_octets() { curl -sf "http://127.0.0.1:$public_port/crl/devices/0.crl" | wc -c; }
# listed WHAT ENTRIES - its revocation list anew, until it is served; behind the one
# that the service makes by itself when it finds what was put into the database.
listed() {
	local from
	until [ "$(list_octets)" -gt $(($2 * 40)) ]; do sleep 0.2; done
	from=$(now_us)
	as_officer officer-1 ca publish devices --quiet > /dev/null
	jq -nc --arg what "$1" --argjson ms "$(ms_since "$from")" --argjson octets "$(list_octets)" \
	    --argjson service "$(kib "$service_pid" VmHWM)" --argjson keeper "$(kib "$keeper_pid" VmHWM)" \
	    '{bench: "inventory", what: $what, octets: $octets, ms: $ms, peak_service_kib: $service, peak_keeper_kib: $keeper}'
}

# fill FROM TO FIRST-OF-THE-REVOKED - rows as of certificates like the one that there is;
# the indexes are made again behind them, which is sooner than to keep them.  Their
# status changed just now, behind the last list: so a start finds that one is due.
fill() {
	local again
	again=$(database "SELECT sql || ';' FROM sqlite_master WHERE type = 'index' AND tbl_name = 'certificate' AND sql IS NOT NULL")
	database "SELECT 'DROP INDEX ' || name || ';' FROM sqlite_master WHERE type = 'index' AND tbl_name = 'certificate'
	    AND sql IS NOT NULL" > "$house/drop.sql"
	database <<-SQL
		PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000;
		.read $house/drop.sql
		CREATE TEMP TABLE one AS SELECT c.*, d.der FROM certificate c JOIN certificate_der d ON d.certificate = c.id WHERE ca = 'devices' LIMIT 1;
		BEGIN;
		CREATE TEMP TABLE more AS WITH RECURSIVE i(n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM i WHERE n < $2)
		    SELECT n, 'crt_' || printf('%026d', n) AS id, 'bench-' || n AS device, n >= $3 AS gone FROM i;
		INSERT INTO certificate (id, ca, serial, partition, profile, subject, spki, csr, fingerprint, device, not_before, not_after,
		    status, reason, revoked, changed, newest, request, seq)
		    SELECT m.id, ca, CAST(X'40' || randomblob(15) AS BLOB), 0, profile, 'CN=' || m.device, randomblob(32), randomblob(32), randomblob(32),
		    m.device, not_before - 31536000000000, not_before + 86400000000 * (1 + n % 3650),
		    CASE gone WHEN 1 THEN 'revoked' ELSE 'good' END, CASE gone WHEN 1 THEN 'superseded' END,
		    CASE gone WHEN 1 THEN not_before END, CASE gone WHEN 1 THEN strftime('%s') * 1000000 END, 1, request, seq FROM more m, one;
		INSERT INTO certificate_stock SELECT one.ca, COUNT(*), SUM(gone), 0 FROM more, one WHERE 1 GROUP BY one.ca ON CONFLICT DO UPDATE
		    SET issued = issued + excluded.issued, revoked = revoked + excluded.revoked;
		INSERT INTO certificate_der SELECT m.id, der FROM more m, one;
		INSERT INTO certificate_name SELECT CAST('cn:' || m.device AS BLOB), m.id FROM more m;
		COMMIT;
		$again
		PRAGMA journal_mode = WAL;
	SQL
}

house_new
service_options=(--set "public.url=http://127.0.0.1:$public_port" --set connections-per-address=1024)
house_up
house_found officer-1
for key in root-key devices-key; do
	asked officer-1 key generate --class ca --name "$key" --product line > /dev/null
	as_officer officer-1 key activate "$key" --quiet > /dev/null
done
asked officer-1 ca create --name root --profile root --key root-key --subject O=Bench --subject CN=Root > /dev/null
asked officer-1 ca create --name devices --profile issuing-ca --issuer root --key devices-key --subject O=Bench --subject CN=Devices > /dev/null
make_key "$house/d.key"
openssl req -new -key "$house/d.key" -subj /CN=d -out "$house/d.csr" 2>/dev/null
as_ci cert issue --ca devices --profile device --device d --csr "$house/d.csr" -o "$house/d.pem" --quiet > /dev/null
house_key bench development
asked officer-1 window open --key bench --by ci --uses 1000000 --any-digest --until "$(date -u -d '+12 hours' +%FT%TZ)" > /dev/null
TOKEN=$(cat "$house/ci.token") KEY=bench RUN=0
token_rate=0 token_us=0
export TOKEN KEY RUN house

searches
listed "a list of none" 0
service_stop
rows=1
started
service_stop
fill 1 "$n" $((n - revoked + 1)) > /dev/null
rows=$n
started
looked
searches
service_stop
started
listed "a list of $revoked" "$revoked"
service_stop
beside "signing with a look each minute" 60 60 1
beside "signing with a look each second" 1 "$seconds" 3
