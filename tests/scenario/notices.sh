#!/bin/bash
# notices.sh - requests find their approvers: by mail through a real server with
# STARTTLS, by a signed web hook, with quiet hours and digests; when the server
# is away, when the service is killed, and when nobody acts in time.
set -uo pipefail
# shellcheck source=tests/lib/house.sh
. "${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/house.sh"

# shellcheck source=tests/lib/post.sh
. "$CLAVIGER_SOURCE/tests/lib/post.sh"

post_new
queued() { [ "$(as_ci status --json | jq '.notices.queued')" -eq "$1" ]; }
ask() {
	local version=$1
	shift
	as_ci sign --key firmware --product thermostat --artifact-version "$version" --no-wait --json "$@" "$house/image"
}

# ---- who is reached where
head -c 1000 /dev/urandom > "$house/image"
now=$(date -u +%H:%M)
cat > "$house/contacts.yaml" <<-YAML
	officer-1: { mail: officer-1@localhost }
	officer-2: { mail: officer-2@localhost, webhook: "http://127.0.0.1:$hook_port/hook", secret: hook.secret }
	officer-3:
	  mail: officer-3@localhost
	  quiet: { from: "$now", until: "$(date -u -d '+2 hours' +%H:%M)" }
	release-lead: { webhook: "http://127.0.0.1:$hook_port/hook", secret: hook.secret }
YAML
service_settings+=("notify.link: https://console.example/requests/")
# Two production images are asked for; what nobody approves ends soon.
sed -i '0,/within: PT4H/s//within: PT60S/' "$house/charter/classes/firmware-signing.yaml"
smtp_up || die "no mail server"
hook_up 204 || die "no web server"
log_up || die "no gatherer of logs"
house_up || die "the house did not start"
house_found officer-1 officer-2 || die "not founded"

# ---- asked, and what became of it
holds "a key is asked for" as_officer officer-1 whoami
is 75 "by an officer" as_officer officer-1 key generate --class firmware-signing --name firmware --product thermostat \
    --environment production --no-wait --json
req=$(field request)
holds "the other is told by mail" until_true 10 told 1 '.to == "officer-2@localhost"'
holds "of what, and how" told 1 ".text | test(\"claviger approve $req --officer-key\")"
holds "with a link" told 1 ".text | test(\"https://console.example/requests/$req\")"
holds "and by web hook" until_true 10 hooks 1 ".occasion == \"asked\" and .person == \"officer-2\" and .request == \"$req\""
holds "which is signed" genuine
holds "not who asked" told 0 '.to == "officer-1@localhost"'
is 0 "who has quiet hours hears later" as_ci notice list --person officer-3 --json
like "when they are over" '.notices[0].state == "queued" and .notices[0].tries == 0 and
    (.notices[0].due | sub("\\.[0-9]+Z"; "Z") | fromdate) > now + 3600'
holds "two agree" approve "$req" officer-2 officer-3
holds "who asked learns that it was done" until_true 10 told 1 '.to == "officer-1@localhost" and (.subject | test("done: key.generate firmware"))'
holds "the key is put to use" as_officer officer-1 key activate firmware

# ---- who may approve only since
is 75 "another key is asked for" as_officer officer-1 key generate --class firmware-signing --name second --product thermostat \
    --environment production --no-wait --json
req=$(field request)
holds "an officer is told" until_true 10 told 1 ".to == \"officer-2@localhost\" and (.text | test(\"approve $req\"))"
holds "who is none is not" hooks 0 ".person == \"release-lead\" and .request == \"$req\""
sed -i 's/^  release-officers: .*/  release-officers: [officer-1, officer-2, officer-3, release-lead]/' "$house/charter/roster.yaml"
is 0 "the charter makes one of them" asked officer-1 charter propose "$house/charter" --reason "a fourth"
holds "of an amendment its hash and what it changes are told" until_true 10 told 1+ '(.subject | test("To approve: charter.amend")) and
    (.text | test("charter +[0-9a-f]{64}") and test("changes +[^ ]"))'
holds "who is told what waits" until_true 10 hooks 1 ".occasion == \"asked\" and .person == \"release-lead\" and .request == \"$req\""
holds "and others not again" told 1 ".to == \"officer-2@localhost\" and (.text | test(\"approve $req\"))"
is 0 "it is taken back" as_officer officer-1 request cancel "$req"

# ---- a window: which keys, for whom, and that it takes anything
holds "a key for the bench" house_key bench development
is 75 "a window is asked for" as_officer officer-1 window open --key bench --by ci --uses 5 --any-digest \
    --until "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" --no-wait --json
req=$(field request)
holds "its approvers are told all of it" until_true 10 told 1 '.to == "officer-2@localhost" and (.subject | test("^To approve: window.open bench ")) and
    (.text | test("keys +bench") and test("by +ci") and test("uses +5") and test("any_digest +yes"))'
is 0 "it is taken back" as_officer officer-1 request cancel "$req"
holds "nothing is named in the head of what has no name" told 1+ '.subject | test("^To approve: charter.amend [[]house_")'

# ---- a tool's owner, a reminder, an end
is 65 "a note that would write a header is none" ask 1.0 --note "$(printf 'fine\nRule: none\r\nBcc: x@example.com')"
is 75 "a signature is asked for, and nobody acts" ask 1.0 --note "fine Rule: none  Bcc: x@example.com"
req=$(field request)
holds "both are asked" until_true 10 told 2 '.subject | test("To approve: key.sign firmware")'
holds "what others wrote stays on its line" told 2 '.text | test("note +fine Rule: none  Bcc: x@example.com")'
holds "half way they are reminded" until_true 60 told 2 '.subject | test("Still waiting: key.sign firmware")'
holds "a tool's owner learns that it ended" until_true 60 hooks 1 \
    ".occasion == \"outcome\" and .person == \"release-lead\" and .request == \"$req\" and .about.state == \"expired\""
holds "nobody was told twice" told 2 '.subject | test("To approve: key.sign firmware")'

# ---- a server that is away
end "$smtp_pid"
hook_up 500 off
is 75 "while nobody takes mail" ask 2.0
req=$(field request)
failing() { as_ci status --json | jq -e '.notices.failing >= 2 and (.notices.why | length > 0)'; }
holds "that shows" until_true 10 failing
is 75 "and holds up nothing" ask 3.0
other=$(field request)
holds "another may be approved" approve "$other" officer-1 officer-2
is 0 "and the image is signed" ask 3.0
is 0 "people see it" as_ci status
tells "with the reason" "tried in vain +[0-9]+"
service_stop KILL
smtp_up || die "no mail server"
hook_up 204
service_up || die "the service did not start"
holds "after a crash all that was queued is told" until_true 40 told 2 ".text | test(\"approve $req\")"
holds "but what is over by then" told 0 ".text | test(\"approve $other\")"
holds "which who asked learns" until_true 40 hooks 1 ".occasion == \"outcome\" and .request == \"$other\" and .about.state == \"done\""
holds "and who has quiet hours still waits" until_true 40 queued 1
holds "two agree" approve "$req" officer-1 officer-2
holds "nobody need be asked any more" until_true 40 queued 0
holds "and who asked learns that a newer version was signed meanwhile" until_true 10 hooks 1 ".occasion == \"outcome\" and .request == \"$req\" and .about.state == \"denied\""
holds "every web hook was signed" genuine

# ---- a test, and contacts that change
is 0 "one may have a test sent" as_officer officer-1 notice test
holds "and gets it" until_true 10 told 1 '.subject | test("A test")'
is 66 "whom nobody knows cannot" as_ci notice test
is 65 "what would turn the line around is no note" ask 4.0 --note "naïve $(printf '\xe2\x80\xae')x"
is 75 "an image with another's alphabet" ask 4.0 --note "naïve x"
req=$(field request)
holds "is told in it" until_true 20 told 2 '.text | test("note +naïve x")'
is 0 "who asked takes it back" as_ci request cancel "$req"
printf 'ci: { mail: "no address" }\n' > "$house/contacts.yaml"
holds "a file with a fault is told" until_true 10 grep -q 'contacts.yaml:1.*no mail address' "$house/service.log"
refused() { as_ci status --json | jq -e --arg why "$1" '.notices.contacts_refused | test($why)'; }
taken() { as_ci status --json | jq -e '.notices | has("contacts_refused") | not'; }
holds "the status says why" refused 'contacts.yaml:1.*no mail address'
is 0 "to people, too" as_ci status
tells "beside who is told" "contacts refused +.*no mail address"
is 0 "and the one before stays" as_officer officer-1 notice test
printf 'ci: { mail: ci@localhost }\n' > "$house/contacts.yaml"
holds "one without is taken" until_true 10 as_ci notice test
holds "at once" until_true 10 told 1 '.to == "ci@localhost"'
holds "and the status says nothing of it" taken
printf 'ci: { mail: ci@localhost, syslog: "tls://localhost:%d" }\n' "$log_port" > "$house/contacts.yaml"
end "$log_pid"
by_syslog() { as_ci notice test; as_ci notice list --json | jq -e 'any(.notices[]; .channel == "syslog")'; }
holds "a gatherer of logs is a way, too" until_true 10 by_syslog
holds "which may be away" until_true 20 bash -c "grep -q 'telling ci by syslog' '$house/service.log'"
log_up || die "no gatherer of logs"
holds "and gets it then" until_true 40 gathered 1+ 6 test '.person == "ci" and .occasion == "test"'
is 0 "no web hook is known that is not signed" as_ci status --json
like "as there is none" '.notices.unsigned == []'
printf 'ci: { webhook: "http://127.0.0.1:%d/hook" }\n' "$hook_port" > "$house/contacts.yaml"
bare() { as_ci status --json | jq -e '.notices.unsigned == ["ci"]'; }
holds "a web hook without a secret is taken" until_true 10 bare
holds "with a warning" grep -q 'warning contacts: the web hook of ci has no secret' "$house/service.log"
is 0 "who has a test sent" as_ci notice test
tells "is told so" 'Your web hook has no secret'
printf 'ci: { syslog: "udp://localhost:514" }\n' > "$house/contacts.yaml"
holds "one that would not say that it is away is none" until_true 10 grep -q 'expected tls://HOST:PORT, tcp://HOST:PORT or unix:PATH' "$house/service.log"
printf 'ci: { mail: ci@localhost }\n' > "$house/contacts.yaml"
is 0 "and who is out of reach is named" as_ci status --json
like "somebody hears" '.unheard == null'
like "each of them" '.notices.unreachable == ["officer-1", "officer-2", "officer-3", "release-lead"]'

chmod go+w "$house/contacts.yaml"
holds "one that others may write is told" until_true 10 grep -q 'contacts.yaml may be written by others' "$house/service.log"
rm "$house/contacts.yaml"
mkfifo -m 600 "$house/contacts.yaml"
holds "what is no file keeps nobody waiting" until_true 10 grep -q 'contacts.yaml is no file' "$house/service.log"
rm "$house/contacts.yaml"
holds "without it nobody is told" until_true 10 grep -q 'nobody is told' "$house/service.log"
holds "which the status says" refused 'contacts.yaml: .*nobody is told'
is 66 "not even who asks for it" as_ci notice test
unheard() { as_ci status --json | jq -e --arg why "$1" '.unheard | test($why)'; }
holds "which is a warning" unheard '^alerts and requests reach nobody: .*names none'
printf 'somebody: { mail: ci@localhost }\n' > "$house/contacts.yaml"
holds "also where the file names strangers alone" until_true 10 taken
holds "who are none of the house's" unheard '^alerts and requests reach nobody: .*names none'
rm "$house/contacts.yaml"

is 0 "the list is for people" as_ci notice list --limit 3
tells "and says how to go on" "cursor"
is 65 "another's cursor is none" as_ci notice list --cursor req_01m7xvyy4462zbt2wj5gb22r42
service_stop
printf 'ci: { mail: ci@localhost, webhook: "ftp://x.example/" }\n' > "$house/contacts.yaml"
is 65 "with a fault there is no start" timeout 20 clavigerd --config "$house/clavigerd.yaml"
tells "and its line is named" 'contacts.yaml:1.*https:..HOST'
house_result
