"""A case type read from YAML: it is checked when the app is built, and explains itself when it refuses."""

from datetime import UTC, datetime
from pathlib import Path

from casework import Actor, CaseType, Casework, FrozenClock, days, load_file, mermaid

lost_item = load_file(Path(__file__).with_name("own_case_type.yaml"))
assert isinstance(lost_item, CaseType)

clock = FrozenClock(datetime(2026, 1, 1, tzinfo=UTC))
app = Casework(case_types=[lost_item], clock=clock)
app.create_tables()
ana = app.desk(Actor("ana", roles={"clerk"}))
head = app.desk(Actor("wu", roles={"head"}))

umbrella = ana.open("lost_item", what="umbrella")
print(ana.why_not(umbrella, "give_back"))

umbrella = ana.fire(umbrella, "name_owner", owner="Li Na")
print(ana.why_not(umbrella, "give_back"))
print(app.desk(Actor("ben", roles={"clerk"})).fire(umbrella, "give_back").state)

scarf = ana.open("lost_item", what="scarf")
clock.advance(days(181))
print([case.data["what"] for case in head.worklist("lost_item", "to_give_away").cases])
print(head.fire(scarf.id, "give_away").state, head.get(scarf.id).hidden)
print(mermaid(lost_item).splitlines()[0])
