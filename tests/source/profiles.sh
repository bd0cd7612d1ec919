#!/bin/sh
# profiles.sh - the profiles that charters in policy/examples bear under a
# shipped one's name are the shipped ones, and everyday ones are there.
set -eu
cd "${srcdir:-.}"
bad=0

for f in policy/examples/*/profiles/*.yaml; do
	cmp "$f" "ca/profiles/${f##*/}" || bad=1
done
for charter in quickstart connected-products; do
	for name in root issuing-ca device ocsp-responder tls-server code-signing; do
		[ -f "policy/examples/$charter/profiles/$name.yaml" ] || {
			echo "the charter $charter has no profile $name" >&2
			bad=1
		}
	done
done
exit $bad
