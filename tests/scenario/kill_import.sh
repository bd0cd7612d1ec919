#!/bin/bash
# kill_import.sh - service and keeper are killed at random moments while
# certificates of another CA and devices are imported: from bundles and tables,
# all or nothing, known rows among new ones, with an officer's leave and without.
# Who was cut off asks again with the same line.
#
# At each look after a start: every row that the client was told of is in once, and what
# is all or nothing is in wholly or not at all.  Afterwards: every row is in,
# and once in the ledger, which verifies; replay equals the tables.
#
# engine=postgresql keeps the tables in PostgreSQL.
#
# KILLS (default 6) says how often, SEED which moments.
set -euo pipefail
export CLAVIGER_BUILD=${builddir:-$PWD} CLAVIGER_SOURCE=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/lib/house.sh
. "$CLAVIGER_SOURCE/tests/lib/house.sh"
# shellcheck source=tests/lib/killed.sh
. "$CLAVIGER_SOURCE/tests/lib/killed.sh"
kills=${KILLS:-6} seed=${SEED:-$RANDOM}
RANDOM=$seed
files=$((2 * kills))
ended() {
	local rc=$?
	set +e
	[ $rc -eq 0 ] || say "the moments were those of SEED=$seed"
	workers_end
	(exit $rc)
	house_end
}
trap ended EXIT
officer() { as_officer officer-1 "$@"; }

# ---- what is imported: file K of its sort, each with rows of its own
bundled=20 tabled=40 whole=40 wide=250 watched=10 made=130
per_file=$((bundled + tabled + whole + watched))
# certs FROM N - certificates in base64, a line each.
certs() { tail -n +"$(($1 + 2))" "$house/certs.csv" | sed -n "1,$2p"; }
pem() { while read -r c; do printf -- '-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n' "$(fold -w 64 <<< "$c")"; done; }
hosts() { seq -f 'CN=host-%.0f.example' "$1" $(($1 + $2 - 1)); }	# their subjects
# Of two owners and of two sets of product lines, so that several pages are open at a time.
table() {
	echo 'Note,PEM,Team,Lines'
	awk '{ printf "row %d,%s,%s,%s\r\n", NR, $0, NR % 2 ? "release-leads" : "", NR % 3 ? "table" : "table; chart" }'
}
# Half of the file before is known by then.
devices() { # K N LINE
	seq $((($1 - 1) * $2 + 1 - ($1 > 1 ? $2 / 2 : 0))) $(($1 * $2)) |
	    sed "s/.*/{\"serial\":\"$3-&\",\"product\":\"$3\",\"batch\":\"B\",\"market\":\"EU\"}/"
}
files_make() {
	local k at
	"$CLAVIGER_BUILD/tests/lib/certs" make $((files * per_file + wide)) "$house"
	for k in $(seq 1 "$files"); do
		at=$(((k - 1) * per_file + 1))
		[ "$k" -eq 1 ] || cp "$house/bundle-$((k - 1)).new" "$house/bundle-$k.pem"
		certs $at $bundled | pem > "$house/bundle-$k.new"
		cat "$house/bundle-$k.new" >> "$house/bundle-$k.pem"
		hosts $at $bundled > "$house/bundle-$k.rows"
		at=$((at + bundled))
		certs $at $tabled | table > "$house/table-$k.csv"
		hosts $at $tabled > "$house/table-$k.rows"
		at=$((at + tabled))
		certs $at $whole | pem > "$house/whole-$k.pem"
		hosts $at $whole > "$house/whole-$k.rows"
		at=$((at + whole))
		certs $at $watched | pem > "$house/watched-$k.pem"
		hosts $at $watched > "$house/watched-$k.rows"
		devices "$k" $made lamp > "$house/lamp-$k.ndjson"
		devices "$k" $whole "bulb-$k" > "$house/bulb-$k.ndjson"
	done
	certs $((files * per_file + 1)) $wide | pem > "$house/wide.pem"
	hosts $((files * per_file + 1)) $wide > "$house/wide.rows"
}

# ---- who imports; what was answered is written down behind it
# pace K - its moment: two files of each sort between two kills.
pace() {
	while [ "$(wc -l < "$house/struck")" -lt $((($1 - 1) / 2)) ]; do
		[ ! -e "$house/stop" ] || exit 0
		sleep 0.05
	done
}
bundles() {
	local k
	for k in $(seq 1 "$files"); do
		pace "$k"
		insist officer cert import "$house/bundle-$k.pem" --product bundle || return
		cat "$house/bundle-$k.rows" >> "$house/told-bundles"
	done
}
tables() {
	local k
	for k in $(seq 1 "$files"); do
		pace "$k"
		insist officer cert import "$house/table-$k.csv" --map certificate=PEM,owner=Team --map products=Lines \
		    --owner release-officers || return
		cat "$house/table-$k.rows" >> "$house/told-tables"
	done
}
wholes() {
	local k
	for k in $(seq 1 "$files"); do
		pace "$k"
		insist officer cert import "$house/whole-$k.pem" --product "whole-$k" --all-or-nothing || return
		cat "$house/whole-$k.rows" >> "$house/told-wholes"
	done
}
wide() {
	insist officer cert import "$house/wide.pem" --product wide --all-or-nothing || return
	cat "$house/wide.rows" >> "$house/told-wide"
}
# What waits for an officer is done with the last approval: killed or not.
allowed() {
	as_ci cert import "$1" --product watched --no-wait --json > "$house/watched.said" 2>> "$house/watched.log" && return
	jq -r '.waiting[]?' "$house/watched.said" | grep -o 'req_[0-9a-z]*' | while read -r r; do approve "$r" officer-2 || true; done
	return 1
}
watches() {
	local k
	for k in $(seq 1 "$files"); do
		pace "$k"
		insist allowed "$house/watched-$k.pem" || return
		cat "$house/watched-$k.rows" >> "$house/told-watches"
	done
}
serials() { jq -r .serial "$@"; }
# Who is cut off learns up to which line all is in.
lamps_in() {
	local line
	officer device import "$1" --json > "$house/lamps.said" && return
	line=$(jq -r '.sent_to_line // 0' "$house/lamps.said" 2> /dev/null)
	head -n "${line:-0}" "$1" | serials >> "$house/known-lamps"
	return 1
}
lamps() {
	local k
	for k in $(seq 1 "$files"); do
		pace "$k"
		insist lamps_in "$house/lamp-$k.ndjson" || return
		serials "$house/lamp-$k.ndjson" >> "$house/known-lamps"
		insist officer device import "$house/bulb-$k.ndjson" --all-or-nothing || return
		serials "$house/bulb-$k.ndjson" >> "$house/known-bulbs"
	done
}

# ---- looks
# shown WORDS TOLD LISTED - each that was told is there, and none twice.
shown() {
	[ -z "$(uniq -d "$3")" ] || die "$1 are there twice: $(uniq -d "$3" | head -n 3)"
	[ -z "$(comm -23 "$2" "$3")" ] || die "$1 were answered and are not there: $(comm -23 "$2" "$3" | head -n 3)"
}
subjects() { pages certificates cert list --elsewhere "$@" | jq -r .subject | sort; }
known() { pages devices device list "$@" | jq -r .serial | sort; }
# in_whole SIZE MEMBER ARG... - what "claviger ARG..." lists, on one page: several are
# several looks.
in_whole() {
	local n size=$1
	lists "$house/one" as_ci "${@:3}" --limit 1000 --json
	n=$(jq ".$2 | length" "$house/one")
	[ "$n" -eq 0 ] || [ "$n" -eq "$size" ] || die "$n of $size are there, of all or nothing: ${*:3}"
}
into() { "${@:2}" > "$1" 2>> "$house/lists.log"; }
# lists FILE COMMAND... - what it prints; who has just been started may not answer yet.
lists() {
	until_true 20 into "$@" || die "no answer to ${*:2}"
}
look() {
	local k
	unbroken
	sort -u "$house"/told-* > "$house/told"
	sort -u "$house"/known-* > "$house/known"
	lists "$house/listed" subjects
	shown certificates "$house/told" "$house/listed"
	lists "$house/devices" known
	shown devices "$house/known" "$house/devices"
	# What was told is looked for above, and what is not begun is not there.
	for k in $(seq 1 $((2 * $(wc -l < "$house/struck")))); do
		grep -qFf "$house/whole-$k.rows" "$house/told" || in_whole $whole certificates cert list --elsewhere --product "whole-$k"
		grep -q "^bulb-$k-" "$house/known" ||
		    in_whole "$(wc -l < "$house/bulb-$k.ndjson")" devices device list --product "bulb-$k"
	done
	# Several pages are one transaction.
	in_whole $wide certificates cert list --elsewhere --product wide
}

# once WORDS FILTER ROWS - what the events of the bundle have is each row, once.
once() {
	grep '^{"actor"' "$house/bundle" | jq -r "$2" | sort > "$house/once"
	[ -z "$(uniq -d "$house/once")" ] || die "$1 are in the ledger twice: $(uniq -d "$house/once" | head -n 3)"
	cmp -s "$house/once" "$3" || die "$1: other than those that were imported are in the ledger"
}
check() {
	local k
	cat "$house"/*.rows | sort > "$house/all"
	cat "$house"/{lamp,bulb}-*.ndjson | jq -r .serial | sort -u > "$house/all-devices"
	look
	cmp -s "$house/all" "$house/listed" || die "other certificates than were imported"
	cmp -s "$house/all-devices" "$house/devices" || die "other devices than were imported"
	for k in $(seq 1 "$files"); do
		officer cert import "$house/bundle-$k.pem" --product bundle --json | jq -e '.entered == 0 and .bad == []' > /dev/null ||
		    die "bundle-$k.pem is not known"
	done
	bundle_whole
	certs 1 $((files * per_file + wide)) | sort > "$house/der"
	once certificates 'select(.kind == "cert.imported") | .data.certificates[]' "$house/der"
	ledger_kept "$store"
}

house_new
# What the build brings is looked at by an officer.
cat >> "$house/charter/access.yaml" <<-YAML

	  - name: watched-certificates
	    why: What the build brings is looked at by an officer.
	    action: cert.import
	    by: [release-tools]
	    approvals:
	      - { count: 1, of: release-officers, within: P1D, proof: [officer-key] }
	    permits: { uses: 1, for: PT1H }
YAML
sed -i '/- name: other-certificates/,/by:/ s/, release-tools\]/]/' "$house/charter/access.yaml"
house_store
house_ready
files_make
touch "$house"/{struck,told-none,known-none}
for w in bundles tables wholes wide watches lamps; do
	"$w" & workers+=($!)
done
for i in $(seq 1 "$kills"); do
	sleep "$(printf '0.%02d' $((RANDOM % 30 + 5)))"
	struck $((RANDOM % 3)) "$store"
	echo "$i" >> "$house/struck"
	look
done
workers_end
check
echo "${engine:-sqlite}: $(wc -l < "$house/all") certificates and $(wc -l < "$house/all-devices") devices through $kills kills, each in once"
