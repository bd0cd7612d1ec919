#!/bin/sh
# postgres.sh - a PostgreSQL of the test's own, gone when the test is.
#
#	postgres.sh run DIR
#
# Makes a cluster in DIR (an empty folder that becomes the server's), starts
# it on a Unix socket in DIR, prints one line, libpq's connection string, and
# waits for the end of its standard input.  Then it stops the server and
# removes DIR.  So a test that holds the other end of the pipe need not clean
# up, and one that is killed leaves nothing behind.
#
# From a shell:
#
#	mkfifo hold answer
#	sh postgres.sh run "$(mktemp -d)" <hold >answer &
#	exec 9>hold; read -r conninfo <answer	# "postgresql:$conninfo"
#	...
#	exec 9>&-; wait
#
# Exit status 77: no PostgreSQL is installed, the test cannot be run.

set -u
[ $# -eq 2 ] && [ "$1" = run ] || { echo "usage: $0 run DIR" >&2; exit 64; }
dir=$2

bin=
for d in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n) \
    "$(pg_config --bindir 2>/dev/null)"; do
	[ -x "$d/initdb" ] && [ -x "$d/postgres" ] && bin=$d
done
[ -n "$bin" ] || { echo "no PostgreSQL server is installed" >&2; exit 77; }

# The server refuses to be root.
as=
if [ "$(id -u)" -eq 0 ]; then
	user=postgres
	id "$user" >/dev/null 2>&1 || user=nobody
	chown "$user" "$dir" || exit 1
	as="runuser -u $user --"
fi

finish() {
	# A test may have stopped it where it stood.
	kill -CONT "$(head -n 1 "$dir/data/postmaster.pid")" 2>/dev/null
	$as "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1
	rm -rf "$dir"
}
# An interrupt reaches the whole group; the end of the pipe is what counts.
trap '' INT TERM HUP

cd "$dir" || exit 1
if ! $as "$bin/initdb" -D "$dir/data" --no-sync -A trust -U claviger \
    -E UTF8 --locale=C >"$dir/initdb.log" 2>&1 </dev/null; then
	cat "$dir/initdb.log" >&2
	rm -rf "$dir"
	exit 1
fi
if ! $as "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -w -t 60 \
    -o "-k '$dir' -c listen_addresses= -c max_connections=40" \
    start >/dev/null 2>&1 </dev/null; then
	cat "$dir/data/log" >&2
	finish
	exit 1
fi
echo "host=$dir user=claviger dbname=postgres"
exec 1>&2
cat >/dev/null
finish
