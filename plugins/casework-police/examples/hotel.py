"""The police workflow on a case type of one's own: a hotel has a guest who cannot say who they are.

There is no rescue case in this application; the slots say who does what at the hotel.
"""

import casework_police

import casework as cw

stay = cw.CaseType(
    "stay",
    subjects="person",
    data=[cw.Field("room", required=True), cw.Field("illness", field_class="health")],
    roles=["porter", "manager", "doctor"],
    opens="porter",
    grants={"view": ["porter", "manager", "doctor"], "edit": "doctor"},
    readers={"health": "doctor"},
    chain=[
        cw.Workflow(
            "stay",
            initial="unknown",
            states=[cw.State("unknown"), cw.State("known"), cw.State("left", final=True)],
            transitions=[
                cw.Transition("identify", "unknown", "known", roles="manager"),
                cw.Transition("leave", "known", "left", roles="porter"),
            ],
        )
    ],
)
on_stay = cw.attach(
    casework_police.police,
    "stay",
    person="person",
    asker="porter",
    tracer="manager",
    officer="police_officer",
    identified=cw.state("stay").in_("known", "left"),
    over=cw.state("stay") == "left",
)


def main() -> None:
    """Ask the police, hear of a missing person, confirm who it is."""
    app = cw.Casework(case_types=[stay], plugins=[casework_police], attachments=[on_stay])
    app.create_tables()
    porter, manager, doctor = (app.desk(cw.Actor(name, {name})) for name in ("porter", "manager", "doctor"))
    officer, tracer = app.desk(cw.Actor("chen", {"police_officer"})), app.desk(cw.Actor("wang", {"tracer"}))

    missing = tracer.open("missing_person", reporter="Zhang Mei", relation="child", name="Zhang San")
    missing = tracer.fire(missing, "record_consent", consent="agencies", consent_paper="C-1")
    missing = tracer.fire(missing, "accept")

    case = porter.open("stay", room="7")
    case = doctor.amend(case, illness="diabetes")
    shared = {"asked_of": "Nancheng station", "shared": "a man of about 70 in room 7", "basis": "emergency"}
    case = porter.fire(case.id, "police.request", shared)
    seen = officer.fire(case.id, "police.acknowledge", police_reference="A-1")
    print("the officer sees", sorted(seen.data), "and not", seen.hidden)

    told = {"compared": "name and village", "found_through": "interview", "asked": "the guest"}
    officer.fire(case.id, "police.propose", told, candidate_case=missing.id)
    print(manager.why_not(case.id, "police.confirm"))
    manager.fire(case.id, "identify")
    case = manager.fire(case.id, "police.confirm", told)
    print(case.state, case.states["police"], case.data["police.confirmed_case"] == missing.id)


if __name__ == "__main__":
    main()
