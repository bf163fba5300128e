"""One rescue case, from the street to a bed: open, fire, ask why not, read the log.

Run it with ``python examples/quickstart.py``; the store lies in memory and is gone afterwards.
"""

from casework import Actor, Casework, Refused
from casework.rescue import rescue, station

app = Casework(case_types=[rescue, station])
app.create_tables()

# The director sets up two beds for men; beds are an account, so nobody can lodge a third.
director = app.desk(Actor("zhou", roles={"director"}, unit="anlu"))
house = director.open("station", name="Anlu rescue station")
director.fire(house, "add_beds", sex="male", count=2)

desk = app.desk(Actor("li", roles={"caseworker"}, unit="anlu"))
case = desk.open("rescue", found_at="Jiefang Road", found_by="street patrol", sex="male")
print("opened in", case.state, "and may:", ", ".join(desk.available(case)[:3]))

case = desk.fire(case, "assess", urgent=False, can_state_identity=False)
case = desk.fire(case, "shelter", sex="male")
print("sheltered:", case.states["care"])

try:
    desk.fire(case, "reunite")
except Refused as no:
    print("refused:", no.refusal.code, "-", no.refusal.sentence("zh"))

for entry in desk.history(case):
    print(entry.number, entry.kind, entry.trigger, [f"{step.workflow}:{step.target}" for step in entry.steps])
print("waiting in beds_tonight:", len(desk.worklist("rescue", "beds_tonight").cases))
print("the store is whole:", app.verify().whole)
