# shellcheck shell=bash
# house.sh - one house in a folder: token, TLS, keeper, service; start, stop.
# Uses: dir, top, port, public_port, demo, and lib.sh.

pid_of() {
	local pid
	pid=$(cat "$dir/run/$1.pid" 2>/dev/null) || return 1
	# The id may have been given to another program since.
	[ "$(readlink "/proc/$pid/exe" 2>/dev/null | sed 's/ (deleted)$//')" = \
	    "$dir/build/$2" ] && echo "$pid"
}

# port_free N OPTION - a taken port is said before anything is started.
port_free() {
	if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
		die "port $1 is taken by another program: choose another with $2 N"
	fi
}

# port_of NAME - the port of a listener in the service's configuration, where there is
# one: at whatever address, spelled as whoever changed it liked.
port_of() {
	[ ! -e "$dir/service/clavigerd.yaml" ] || sed -En "s/^$1\\.listen: *[\"']?[^\"' ]*:([0-9]+)[\"']?( .*)?$/\\1/p" "$dir/service/clavigerd.yaml"
}

# port_put NAME PORT - in that configuration; its address stays, and all else.
port_put() {
	local file=$dir/service/clavigerd.yaml
	[ "$(port_of "$1")" != "$2" ] || return 0
	grep -q "^$1\\.listen:" "$file" || {
		# Whoever changed it may have left its last line open.
		[ -z "$(tail -c 1 "$file")" ] || echo >> "$file"
		printf '%s.listen: "127.0.0.1:%s"\n' "$1" "$2" >> "$file"
	}
	sed -Ei "s/^($1\\.listen: *[\"']?[^\"' ]*:)[0-9]+/\\1$2/" "$file"
	[ "$(port_of "$1")" = "$2" ] || die "$file: $1.listen: expected \"HOST:PORT\""
}

# house_ports - those that were given, else those that it had: shells know them.
# A service that runs keeps its own; others must be free.
house_ports() {
	local had had_public
	had=$(port_of control) had_public=$(port_of public)
	port=${port:-${had:-8443}} public_port=${public_port:-${had_public:-8080}}
	if pid_of clavigerd clavigerd >/dev/null; then
		[ "$port $public_port" = "$had $had_public" ] ||
		    say "The service is running and keeps its ports, $had and $had_public: stop it first to have others."
		port=$had public_port=$had_public
		return
	fi
	[ "$port" != "$public_port" ] || die "--port and --public-port must differ"
	port_free "$port" --port
	port_free "$public_port" --public-port
}

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

house_prepare() {
	umask 077
	mkdir -p "$dir"/{run,log,keeper,service,tls,officers,tokens}
	export SOFTHSM2_CONF="$dir/keeper/softhsm2.conf"
	if [ ! -e "$SOFTHSM2_CONF" ]; then
		cat > "$SOFTHSM2_CONF" <<-CONF
			directories.tokendir = $dir/tokens
			objectstore.backend = file
			log.level = ERROR
		CONF
	fi
	if [ ! -e "$dir/keeper/pin" ]; then
		random_hex 16 > "$dir/keeper/pin.new"
		softhsm2-util --init-token --free --label claviger-house \
		    --so-pin "$(random_hex 16)" --pin "$(cat "$dir/keeper/pin.new")" >/dev/null
		mv "$dir/keeper/pin.new" "$dir/keeper/pin"
	fi
	[ -e "$dir/tls/server.pem" ] || house_tls
	if [ -e "$dir/service/clavigerd.yaml" ]; then
		# Somebody may have changed it since: only the ports are ours to say.
		port_put control "$port"
		port_put public "$public_port"
		return
	fi
	cat > "$dir/service/clavigerd.yaml.new" <<-YAML
		house.folder: "$dir/service"
		keeper.socket: "$dir/run/keeper.sock"
		store.url: "sqlite:$dir/service/claviger.db"
		control.listen: "127.0.0.1:$port"
		control.certificate: "$dir/tls/server.pem"
		control.key: "$dir/tls/server.key"
		public.listen: "127.0.0.1:$public_port"
	YAML
	mv "$dir/service/clavigerd.yaml.new" "$dir/service/clavigerd.yaml"
}

# A certificate authority of its own for the control listener's TLS.
house_tls() {
	local t="$dir/tls"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 \
	    -subj "/CN=Claviger quickstart trust anchor" \
	    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
	    -keyout "$t/anchor.key" -out "$t/anchor.pem" 2>/dev/null
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj "/CN=localhost" -keyout "$t/server.key" -out "$t/server.csr" 2>/dev/null
	printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1" \
	    "basicConstraints=critical,CA:FALSE" "extendedKeyUsage=serverAuth" > "$t/server.ext"
	openssl x509 -req -in "$t/server.csr" -CA "$t/anchor.pem" -CAkey "$t/anchor.key" \
	    -days 397 -extfile "$t/server.ext" -out "$t/server.pem.new" 2>/dev/null
	rm -f "$t/server.csr" "$t/server.ext" "$t/anchor.key"
	mv "$t/server.pem.new" "$t/server.pem"
}

softhsm_module() {
	local m
	for m in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
		[ -e "$m" ] && { echo "$m"; return; }
	done
	die "libsofthsm2.so was not found"
}

# background NAME PROGRAM ARG... - started by id, ended by id.
background() {
	local name=$1
	shift
	setsid "$@" </dev/null >>"$dir/log/$name.log" 2>&1 &
	echo $! > "$dir/run/$name.pid"
}

# wait_for NAME PROGRAM COMMAND... - until the command succeeds or the program ends.
wait_for() {
	local name=$1 program=$2 tries
	shift 2
	for tries in $(seq 1 200); do
		"$@" >/dev/null 2>&1 && return 0
		if [ "$tries" -gt 5 ] && ! pid_of "$name" "$program" >/dev/null; then
			tail -n 5 "$dir/log/$name.log" >&2
			die "$program did not start (see $dir/log/$name.log)"
		fi
		sleep 0.1
	done
	tail -n 5 "$dir/log/$name.log" >&2
	die "$program is not ready (see $dir/log/$name.log)"
}

# service_says - what it says of itself: whether store, keeper and token answer it.
service_says() {
	printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' |
	    openssl s_client -quiet -verify_quiet -CAfile "$dir/tls/anchor.pem" -connect "127.0.0.1:$port" 2>/dev/null || true
}

# is_halted SAID - a halt does not pass by waiting.
is_halted() { grep -q '"code": *"halted"' <<< "$1"; }

# service_settled - ready, or halted.
service_settled() {
	local said
	(exec 3<>"/dev/tcp/127.0.0.1/$public_port") || return 1
	said=$(service_says)
	head -n 1 <<< "$said" | grep -q ' 200 ' || is_halted "$said"
}

# house_ready - whoever goes on finds a house that works.
house_ready() {
	local said
	said=$(service_says)
	! is_halted "$said" || die "the house is halted: $(field detail <<< "$said") (claviger status says more, after . $dir/env)"
}

house_start() {
	if pid_of keeper claviger-keeper >/dev/null; then
		say "The keeper is running."
	else
		rm -f "$dir/run/keeper.sock"
		background keeper "$dir/build/claviger-keeper" --state "$dir/keeper/state" \
		    --socket "$dir/run/keeper.sock" --module "$(softhsm_module)" \
		    --token-label claviger-house --pin-file "$dir/keeper/pin"
		wait_for keeper claviger-keeper test -S "$dir/run/keeper.sock"
		say "The keeper runs; it alone can open the token."
	fi
	if pid_of clavigerd clavigerd >/dev/null; then
		say "The service is running."
	else
		background clavigerd env -u SOFTHSM2_CONF "$dir/build/clavigerd" --config "$dir/service/clavigerd.yaml"
	fi
	wait_for clavigerd clavigerd service_settled
	say "The service answers at https://127.0.0.1:$port."
}

house_stop() {
	local name pid
	for name in clavigerd keeper; do
		pid=$(pid_of "$name" "$([ $name = keeper ] && echo claviger-keeper || echo clavigerd)") || {
			say "$name was not running."
			continue
		}
		kill -TERM "$pid"
		for _ in $(seq 1 100); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		kill -0 "$pid" 2>/dev/null && die "$name (process $pid) did not end"
		rm -f "$dir/run/$name.pid"
		say "$name has ended."
	done
}
