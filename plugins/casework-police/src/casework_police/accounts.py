"""How many notices about a person are up, counted in the ledger over all cases about that person.

A request is a case of its own, and the case that decides whether somebody goes home cannot look into it; the
account is what both know.
"""

from __future__ import annotations

from casework import Account, Text

notices_up = Account("notices_up", "notice", owner="person", minimum=0, title=Text("notices up", "发布中的公告"))
notices_down = Account("notices_down", "notice", owner="person", title=Text("notices not up", "未发布的公告"))

NOTICES = (notices_up, notices_down)
