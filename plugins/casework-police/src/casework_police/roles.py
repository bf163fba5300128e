"""Who takes part where police and relief work together, and what each may see and do.

A station's own staff have the role names of rescue cases, so that one person is one actor in both.
"""

from __future__ import annotations

from casework import Role, Text

OFFICER = Role("police_officer", title=Text("police officer", "公安民警"))
OPENER = Role("opener", title=Text("who filled the form in", "填表人"), local=True)
SIGNATORY = Role("signatory", title=Text("who signed for those who bring", "移交签字人"), local=True)
CITY = Role("city_management", title=Text("city management officer", "城管队员"))

STAFF_ROLES = (
    Role("caseworker", title=Text("caseworker", "救助工作人员")),
    Role("tracer", title=Text("tracer", "寻亲工作人员")),
    Role("director", title=Text("director", "站长")),
    Role("auditor", title=Text("auditor", "监督人员")),
)

STAFF = ("caseworker", "tracer", "director")
SEARCH = ("tracer", "director")
DIRECTOR = ("director",)
BRINGING = ("police_officer", "city_management")

ASKING = ("asker", "tracer", "officer")
"""The slots of the police workflow whose roles read what was asked."""

JUDGING = ("tracer",)
"""The slot whose roles read who it may be: not everybody who may ask, and no officer.

A candidate quotes a report, and how far that is shared is for the family to say: an officer reads it there, or not.
"""
