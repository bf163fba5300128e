"""The accounts of a rescue station: beds, and the five basic services that each person received.

Both case types of this package name the same accounts, so each is declared once, here.
"""

from __future__ import annotations

from casework import Account, Text

# By room, not by sex: a sex that is corrected while somebody is lodged must not free another bed than the one taken.
# The room stands open, as every key of the ledger does; the person's sex itself stays personal.
# Only the step that takes or gives back a bed sets the room; it is managed in both case types.
beds = Account("beds", "bed", by="room", minimum=0, title=Text("free beds", "空余床位"))
occupied = Account("occupied", "bed", by="room", title=Text("occupied beds", "已用床位"))
bed_stock = Account("bed_stock", "bed", by="room", title=Text("beds not set up", "未启用床位"))

services = Account("services", "service", by="last_service", title=Text("services of the station", "本站救助服务"))
received = Account(
    "received", "service", owner="case", by="last_service", title=Text("services received", "受助人已获服务")
)

BEDS = (beds, occupied, bed_stock)
SERVICES = (services, received)
