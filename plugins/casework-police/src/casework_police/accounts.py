"""What is still open about a person, counted in the ledger over all cases about them: requests, and notices up.

A request is a case of its own, and the case that decides whether somebody goes home cannot look into it; the
accounts are what both know.
"""

from __future__ import annotations

from casework import Account, Text

requests_open = Account(
    "requests_open", "request", owner="person", minimum=0, title=Text("requests to the police", "未办结的公安协查")
)
requests_ended = Account(
    "requests_ended", "request", owner="person", title=Text("requests not under way", "未在办的公安协查")
)
notices_up = Account("notices_up", "notice", owner="person", minimum=0, title=Text("notices up", "发布中的公告"))
notices_down = Account("notices_down", "notice", owner="person", title=Text("notices not up", "未发布的公告"))

COUNTED = (requests_open, requests_ended, notices_up, notices_down)
