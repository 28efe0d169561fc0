"""Reads everything that a viewer may read, with the stock clients, and says what it got as JSON.

Usage: read_everything.py DISCOVERY-URL EMAIL KEY
"""

import json
import sys
import uuid

import stix2
from taxii2client.v21 import Server, as_pages

url, email, key = sys.argv[1:4]
server = Server(url, user=email, password=key)
read = {"title": server.title, "roots": len(server.api_roots), "default": server.default.url, "collections": {}}
for root in server.api_roots:
    assert "application/taxii+json;version=2.1" in root.versions, root.versions
    assert root.max_content_length > 0
    for collection in root.collections:
        name = "/".join(root.url.rstrip("/").rsplit("/", 1)[1:] + [collection.alias or collection.id])
        if not collection.can_read:
            continue
        ids = []
        for page in as_pages(collection.get_objects, per_request=7):
            ids.extend(found["id"] for found in page.get("objects", []))
        manifest = []
        for page in as_pages(collection.get_manifest, per_request=7):
            manifest.extend(record["id"] for record in page.get("objects", []))
        read["collections"][name] = {"objects": sorted(ids), "manifest": sorted(manifest)}

everything = next(c for c in server.default.collections if c.alias == "all")
source = stix2.TAXIICollectionSource(everything)
parsed = source.query()
read["parsed"] = sorted(found["id"] for found in parsed)
tools = source.query([stix2.Filter("type", "=", "tool")])
read["tools"] = len(tools)
first = tools[0]["id"]
read["versions"] = {found["id"]: len(source.all_versions(found["id"])) for found in tools}
assert source.get(first)["id"] == first
assert source.get("tool--00000000-0000-4000-8000-000000000001") is None

inbox = next(c for c in server.default.collections if c.alias == "inbox")
note = stix2.v21.Note(content="written by a stock client", object_refs=[first])
status = inbox.add_objects(json.loads(stix2.v21.Bundle(note).serialize()))
assert status.status == "complete" and status.success_count == 1, status._raw
status.refresh()
assert status.success_count == 1
bad = inbox.add_objects({"objects": [{"type": "note", "id": "note--" + str(uuid.uuid4())}]})
assert bad.failure_count == 1 and bad.failures[0]["message"], bad._raw
assert source.get(note.id).content == note.content
print(json.dumps(read))
