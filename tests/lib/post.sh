# shellcheck shell=bash
# post.sh - the world that the house tells: a real mail server with STARTTLS, a
# real receiver of web hooks, and a gatherer of logs; behind house.sh.
#
# post_new makes a house, with ports for them; smtp_up, hook_up and log_up start them.
# They end with the house.

PATH=$PATH:/usr/sbin
python=/usr/bin/python3
command -v nginx > /dev/null && "$python" -c 'import aiosmtpd' 2> /dev/null || { say "no nginx, or no aiosmtpd"; exit 77; }
smtp_pid='' nginx_pid='' log_pid=''
post_end() { local rc=$?; end "$smtp_pid"; end "$nginx_pid"; end "$log_pid"; (exit "$rc"); house_end; }
post_new() {
	house_new
	trap post_end EXIT
	smtp_port=$(free_port "$port" "$public_port")
	hook_port=$(free_port "$port" "$public_port" "$smtp_port")
	log_port=$(free_port "$port" "$public_port" "$smtp_port" "$hook_port")
	(umask 077; openssl rand -hex 24 | tr -d '\n' > "$house/hook.secret")
	service_settings=("notify.contacts: $house/contacts.yaml" "mail.server: smtp://localhost:$smtp_port"
	    "mail.from: claviger@localhost" "mail.ca: $house/anchor.pem")
}

# smtp_up - a mail server that keeps what it takes, each in a file of $house/mail/new.
smtp_up() {
	"$python" -m aiosmtpd -n -l "localhost:$smtp_port" --tlscert "$house/server.pem" --tlskey "$house/server.key" \
	    -c aiosmtpd.handlers.Mailbox "$house/mail" >> "$house/smtp.said" 2>&1 &
	smtp_pid=$!
	until_true 20 bash -c "exec 3<>/dev/tcp/localhost/$smtp_port"
}
# hook_up STATUS [off] - a receiver of web hooks that writes down what it gets; or not.
hook_up() {
	end "$nginx_pid"
	cat > "$house/nginx.conf" <<-CONF
		worker_processes 1; daemon off; pid $house/nginx.pid; error_log $house/nginx.error info;
		events { worker_connections 64; }
		http {
		client_body_temp_path $house/t; proxy_temp_path $house/t; fastcgi_temp_path $house/t;
		uwsgi_temp_path $house/t; scgi_temp_path $house/t;
		log_format hook escape=none '\$http_claviger_signature \$request_body';
		server {
		listen 127.0.0.1:$hook_port;
		location = /hook { access_log ${2:-$house/hooks hook}; proxy_pass http://127.0.0.1:$hook_port/take; }
		location = /take { access_log off; return $1; }
		} }
	CONF
	nginx -c "$house/nginx.conf" > /dev/null 2>> "$house/nginx.said" &
	nginx_pid=$!
	until_true 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$hook_port"
}
# log_up - a gatherer of logs (RFC 5425): what it gets is in $house/gathered, a line each.
log_up() {
	"$python" - "$log_port" "$house" >> "$house/log.said" 2>&1 <<-'PY' &
		import socket, ssl, sys
		port, house = sys.argv[1:]
		tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
		tls.load_cert_chain(house + "/server.pem", house + "/server.key")
		at = socket.create_server(("127.0.0.1", int(port)))
		while True:
		    try:
		        c = tls.wrap_socket(at.accept()[0], server_side=True)
		        c.settimeout(10)
		        f = c.makefile("rb")
		        while (n := f.read(1)):
		            while n[-1:].isdigit():
		                n += f.read(1)
		            assert n[-1:] == b" "
		            with open(house + "/gathered", "ab") as to:
		                to.write(f.read(int(n)) + b"\n")
		    except (OSError, AssertionError, ValueError) as e:
		        print(e, flush=True)
	PY
	log_pid=$!
	until_true 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$log_port"
}
# gathered N|N+ SEVERITY MSGID FILTER - so many messages of syslog, whose text satisfies jq's filter.
gathered() {
	sleep 0.25
	sed -nE "s/^<8$2>1 20[^ ]+Z [!-~]+ claviger - $3 - //p" "$house/gathered" 2> /dev/null | jq -c "select($4)" | counts "$1"
}

# mails - what was taken, a line of JSON each.
mails() {
	"$python" - "$house"/mail/new/* <<-'PY'
		import email, email.policy, json, os, sys
		for f in filter(os.path.exists, sys.argv[1:]):
		    m = email.message_from_binary_file(open(f, "rb"), policy=email.policy.default)
		    print(json.dumps({"to": m["To"], "subject": m["Subject"], "text": m.get_content()}))
	PY
}
# counts N|N+ - as many lines come in; at least as many: what is told again and again
# may have been told once more by the time that somebody looks.
counts() {
	local n
	n=$(wc -l)
	case $1 in *+) [ "$n" -ge "${1%+}" ] ;; *) [ "$n" -eq "$1" ] ;; esac
}
# told N|N+ FILTER - so many mails satisfy jq's filter.
told() { sleep 0.25; mails | jq -c "select($2)" | counts "$1"; }
# hooks N|N+ FILTER - so many web hooks satisfy jq's filter.
hooks() { sleep 0.25; cut -d' ' -f2- "$house/hooks" 2> /dev/null | jq -c "select($2)" | counts "$1"; }
# genuine - every web hook was signed with the secret.
genuine() {
	local sig body t
	while read -r sig body; do
		t=${sig#t=}; t=${t%%,*}
		[ "${sig#*v1=}" = "$(printf %s "$t.$body" | openssl dgst -sha256 -hmac "$(cat "$house/hook.secret")" -r | cut -d' ' -f1)" ] || return
	done < "$house/hooks"
}
