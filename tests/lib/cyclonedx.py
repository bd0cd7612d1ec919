"""Check a CycloneDX 1.6 document against the official schema.

cyclonedx.py FILE, with CYCLONEDX_SCHEMA naming the folder of the schemas, as in
res/schema of the npm package @cyclonedx/cyclonedx-library; 77 where that, or
Debian's python3-jsonschema, is not there.
"""
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
folder = os.environ.get("CYCLONEDX_SCHEMA", "")
names = ["bom-1.6.SNAPSHOT.schema.json", "spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"]
try:
    from jsonschema import Draft7Validator, RefResolver
    schemas = [json.load(open(os.path.join(folder, name))) for name in names]
except (ImportError, OSError) as why:
    print(why)
    sys.exit(77)
store = {"http://cyclonedx.org/schema/" + name: schema for name, schema in zip(names, schemas)}
resolver = RefResolver(schemas[0]["$id"], schemas[0], store=store)
faults = list(Draft7Validator(schemas[0], resolver=resolver).iter_errors(json.load(open(sys.argv[1]))))
for fault in faults:
    print("/".join(map(str, fault.path)), fault.message)
sys.exit(1 if faults else 0)
