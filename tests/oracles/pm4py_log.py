"""What pm4py reads in a log: ``python pm4py_log.py FILE``, in an environment of its own, never in ours.

The document is held against the JSON schema that OCEL 2.0 describes before it is read.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

import jsonschema

HERE = Path(__file__).resolve().parent

with contextlib.redirect_stdout(io.StringIO()):
    import pm4py

    log = pm4py.read_ocel2_json(sys.argv[1])
    flat = pm4py.ocel_flattening(log, "visit")

schema = json.loads((HERE / "ocel20.schema.json").read_text(encoding="utf-8"))
document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)

found = {
    "events": len(log.events),
    "objects": len(log.objects),
    "relations": len(log.relations),
    "types": list(pm4py.ocel_get_object_types(log)),
    "traces": int(flat["case:concept:name"].nunique()),
}
print(json.dumps(found))
