"""Who takes part in volunteering, and what they may see.

Staff hold roles of the community or of a unit. Who certifies a service, who was served and who took part are
roles on that service alone, given by name when it is settled who they are: nobody claims them.
"""

from __future__ import annotations

from casework import Role, Text

coordinator = Role("coordinator", title=Text("coordinator of the station", "志愿服务站工作人员"))
leader = Role("leader", title=Text("team leader", "服务队队长"))
arbiter = Role("arbiter", title=Text("arbiter", "争议复核人"))
auditor = Role("auditor", title=Text("auditor", "监督人员"))
grid_worker = Role("grid_worker", title=Text("grid worker", "网格员"))

certifier = Role("certifier", title=Text("certifier", "志愿服务认证员"), local=True)
recipient = Role("recipient", title=Text("person served", "服务对象"), local=True)
participant = Role("participant", title=Text("volunteer of this service", "本次服务志愿者"), local=True)
helper = Role("helper", title=Text("volunteer who helps", "帮扶志愿者"), local=True)
asker = Role("asker", title=Text("person who asks for help", "求助人"), local=True)
captain = Role("captain", title=Text("captain of the team", "服务队负责人"), local=True)
owner = Role("owner", title=Text("who looks after it", "经办人"), local=True)

STATION = ("coordinator",)
DESK = ("coordinator", "leader")
STAFF = (coordinator, leader, auditor)
VIEWERS = ("coordinator", "leader", "auditor")

NOTING = {"note": DESK, "correct": STATION, "adopt": STATION}
"""Remarks, a slip undone, a new version adopted: what staff may do with whatever is not closed."""

ERASING = {"erase": DESK, "hold": ("coordinator", "auditor"), "audit": "auditor"}
"""Whoever asks to erase somebody may not confirm it, so that it takes two; who audits may forbid it."""
