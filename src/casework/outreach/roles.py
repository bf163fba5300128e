"""Who takes part in outreach, and what they may see.

Planners arrange and count; they read nothing about a person who was met. Whoever sets a patrol out leads it, and holds
that role on this patrol alone. An alert desk may be a program: it proposes patrols and decides on none.
"""

from __future__ import annotations

from casework import Role, Text

planner = Role("planner", title=Text("planner of patrols", "巡查调度员"))
worker = Role("outreach_worker", title=Text("outreach worker", "街面救助人员"))
nurse = Role("nurse", title=Text("nurse", "医护人员"))
caseworker = Role("caseworker", title=Text("caseworker", "救助工作人员"))
director = Role("director", title=Text("director", "站长"))
auditor = Role("auditor", title=Text("auditor", "监督人员"))
alert_desk = Role("alert_desk", title=Text("alert desk", "预警接收岗"))

leader = Role("leader", title=Text("leader of the patrol", "带队人"), local=True)
oneself = Role("oneself", title=Text("whose turn it is", "本人"), local=True)

PLANNERS = ("planner", "director")
OUT = ("outreach_worker", "nurse")
OUT_AND_PLANNERS = (*OUT, *PLANNERS)
MEETING = (*OUT, "caseworker")
DIRECTOR = ("director",)
STAFF = (planner, worker, nurse, caseworker, director, auditor)
VIEWERS = ("planner", "outreach_worker", "nurse", "caseworker", "director", "auditor")

ERASING = {"erase": ("caseworker", "director"), "hold": ("director", "auditor"), "audit": "auditor"}
"""Whoever asks to erase somebody may not confirm it, so that it takes two; who audits may forbid it."""

NOTING = {"note": OUT_AND_PLANNERS, "correct": DIRECTOR, "adopt": DIRECTOR}
