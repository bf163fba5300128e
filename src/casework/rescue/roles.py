"""Who works in a rescue station, and what they may see and do.

Deny by default: whatever is not named here is not allowed. The one who looks after a case (``owner``)
holds that role on this case alone, and through it reads what other caseworkers do not.
"""

from __future__ import annotations

from casework import Role, Text

ROLES = (
    Role("caseworker", title=Text("caseworker", "救助工作人员")),
    Role("tracer", title=Text("tracer", "寻亲工作人员")),
    Role("nurse", title=Text("nurse", "医护人员")),
    Role("director", title=Text("director", "站长")),
    Role("auditor", title=Text("auditor", "监督人员")),
    Role("owner", title=Text("responsible caseworker", "案件经办人"), local=True),
)

STAFF = ("caseworker", "tracer", "nurse", "director", "owner")
EVERYBODY = (*STAFF, "auditor")

DESK = ("caseworker", "director", "owner")
HEALTH = ("nurse", "caseworker", "owner")
SEARCH = ("tracer", "owner")
SEARCH_AND_DESK = ("tracer", "caseworker", "owner")
DIRECTOR = ("director",)

# The auditor sees that everything was done as it should, without learning about whom: no class is granted.
READERS = {
    "personal": STAFF,
    "whereabouts": ("caseworker", "tracer", "director", "owner"),
    "health": ("nurse", "director", "owner"),
    "identity": ("tracer", "director", "owner"),
}

# Whoever asks to erase somebody may not confirm it, so that it takes two; who audits may forbid it.
EVERYWHERE = {
    "view": EVERYBODY,
    "import": DIRECTOR,
    "erase": ("caseworker", "director"),
    "hold": ("director", "auditor"),
    "audit": "auditor",
}
WHILE_OPEN = {
    "edit": DESK,
    "note": STAFF,
    "assign": DIRECTOR,
    "correct": DIRECTOR,
    "adopt": DIRECTOR,
}
WHEN_CLOSED = {"note": DIRECTOR, "correct": DIRECTOR}
