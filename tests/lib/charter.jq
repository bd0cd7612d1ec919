# The charter of tests/lib/house.sh, canonical but for its order.
# $persons: the roster's persons with their keys.
{
	language: 0, name: "a house for tests",
	roster: {
		persons: $persons,
		tools: {ci: {owners: ["lead"]}, old: {owners: ["lead"]}},
		groups: {
			officers: ["officer-1", "officer-2", "officer-3"],
			tools: ["ci", "old"],
			leads: ["lead"],
			readers: ["officer-1", "officer-2", "officer-3", "lead", "auditor", "ci"],
			auditors: ["auditor", "officer-1"],
			vendors: ["vendor-1"]
		}
	},
	access: {rules: [
		{name: "amend", why: "Two officers beside who asks.", action: ["charter.amend"], by: ["officers"],
		 approvals: [{count: 2, of: "officers", within: "PT4H", proof: ["officer-key"]}],
		 permits: {uses: 1, for: "PT1H"}},
		{name: "credentials", why: "Officers give and take credentials.",
		 action: ["credential.issue", "credential.revoke"], by: ["officers"]},
		{name: "import", why: "Officers enter others' certificates, and devices.", action: ["cert.import", "crl.import", "device.import", "install.report"], by: ["officers"]},
		{name: "discovery", why: "Officers tell what lies about.", action: ["discovery.report", "discovery.dismiss"], by: ["officers"]},
		{name: "drills", why: "Officers say what was restored elsewhere.", action: ["drill.report"], by: ["officers"]},
		{name: "close", why: "Any officer ends a window.", action: ["window.close"], by: ["officers"]},
		{name: "read", why: "The house's people see the house.", action: ["house.read"], by: ["readers"]},
		{name: "export", why: "Auditors take the ledger away.", action: ["audit.export"], by: ["auditors"]}
	]},
	recovery: {rotate: {purpose: "A lost key is replaced.", steps: ["Generate its successor."]}},
	classes: {"firmware": {
		kind: "firmware-signing", purpose: "Signs images.", owner: "officers", recovery: "rotate",
		keys: {algorithms: ["ec-p256", "ec-p384", "rsa-3072"], cryptoperiod: "P2Y", exportable: "never"},
		rules: [
			{name: "make", why: "Two officers make a key.", action: ["key.generate", "key.adopt", "key.destroy", "key.resume"],
			 by: ["officers"], approvals: [{count: 2, of: "officers", not: ["requester"], within: "PT4H",
			 proof: ["officer-key"]}], permits: {uses: 1, for: "PT1H"}},
			{name: "elsewhere", why: "An officer says what is elsewhere.",
			 action: ["key.register", "key.correct", "key.unregister"], by: ["officers"]},
			{name: "state", why: "One officer stops a key.",
			 action: ["key.activate", "key.suspend", "key.deactivate", "key.compromise"], by: ["officers"]},
			{name: "production", why: "Two officers behind an image.", action: ["key.sign"],
			 when: {"key.environment": "production"}, by: ["tools"],
			 require: {"artifact.digest": "sha-256"},
			 approvals: [{count: 2, of: "officers", not: ["requester"], within: "PT4H", proof: ["officer-key"]}],
			 permits: {uses: 1, for: "PT1H"}},
			{name: "development", why: "Tools sign alone, a few a day.", action: ["key.sign"],
			 when: {"key.environment": "development"}, by: ["tools"], limit: {uses: 5, per: "P1D"}},
			{name: "window", why: "Two officers open a window.", action: ["window.open"], by: ["leads", "tools"],
			 approvals: [{count: 2, of: "officers", not: ["requester"], within: "PT4H", proof: ["officer-key"]}],
			 permits: {uses: 1000000, for: "P1D"}, "any-digest": true}
		]},
		"ca": {
		kind: "ca", purpose: "Signs certificates.", owner: "officers", recovery: "rotate",
		keys: {algorithms: ["ec-p256"], cryptoperiod: "P2Y", exportable: "never"},
		rules: [
			{name: "make", why: "Two officers make a key, and an authority of it.",
			 action: ["key.generate", "key.adopt", "key.destroy", "key.resume", "ca.create", "ca.request", "ca.import", "ca.retire"],
			 by: ["officers"], approvals: [{count: 2, of: "officers", within: "PT4H",
			 proof: ["officer-key"]}], permits: {uses: 1, for: "PT1H"}},
			{name: "elsewhere", why: "An officer says what is elsewhere.",
			 action: ["key.register", "key.correct", "key.unregister"], by: ["officers"]},
			{name: "state", why: "One officer stops a key.",
			 action: ["key.activate", "key.suspend", "key.deactivate", "key.compromise"], by: ["officers"]},
			{name: "issue", why: "Tools issue alone, a few a day.", action: ["cert.issue"], by: ["tools"],
			 limit: {uses: 50, per: "P1D"}, rework: {uses: 1, per: "P1D"}},
			{name: "revoke", why: "Any officer revokes.", action: ["cert.revoke", "cert.hold", "cert.release"],
			 by: ["officers"]}
		]}},
	profiles: {
		root: {purpose: "The anchor.", kind: "root", keys: ["ec-p256"],
		 subject: [{attribute: "commonName", from: "request", required: true}],
		 validity: {for: "P1Y"}, "key-usage": ["key-cert-sign", "crl-sign"], retention: "P0D"},
		device: {purpose: "Identifies a device.", kind: "end-entity", keys: ["ec-p256"],
		 subject: [{attribute: "commonName", from: "device"}],
		 validity: {for: "P30D"}, "key-usage": ["digital-signature"],
		 "extended-key-usage": ["client-auth"], device: "required", retention: "P0D",
		 "issued-by-root": true}
	}, alerts: {}
}
