"""The beds of partner wards in the ledger: free, taken, and not set up.

They belong to nobody's unit: every station of a tenant that refers people to a ward draws on the same beds.
"""

from __future__ import annotations

from casework import Account, Text

ward_beds = Account(
    "ward_beds", "ward_bed", owner="tenant", by="ward", minimum=0, title=Text("free ward beds", "病区空余床位")
)
ward_taken = Account("ward_taken", "ward_bed", owner="tenant", by="ward", title=Text("taken ward beds", "病区已用床位"))
ward_stock = Account(
    "ward_stock", "ward_bed", owner="tenant", by="ward", title=Text("ward beds not set up", "病区未启用床位")
)

HELD = (ward_beds, ward_taken)
ALL = (ward_beds, ward_taken, ward_stock)
