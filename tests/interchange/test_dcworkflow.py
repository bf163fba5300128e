"""Definitions of DCWorkflow: what they become, what is told of the rest, and whom they let do what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from interchange.offers import DEFINITIONS, GOLDEN, NOW, PLONE, SITE, carried, offered, recorded, ways_of
from stores import quick

from casework import (
    Actor,
    CaseType,
    Casework,
    DocumentError,
    FrozenClock,
    Guard,
    InvalidValue,
    Refused,
    check,
    load,
    svg,
)
from casework import dump as dumped
from casework.interchange import carry, read
from casework.interchange.markup import Element, tree

FILES = sorted(DEFINITIONS.glob("*.xml"))
FINALS = {
    "simple_publication_workflow": "published",
    "plone_workflow": "published",
    "folder_workflow": "published",
    "intranet_workflow": "external",
    "intranet_folder_workflow": "private",
    "comment_review_workflow": "published",
    "comment_one_state_workflow": "published",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_role_is_offered_in_every_state_what_dcworkflow_offers(path: Path) -> None:
    golden = recorded()[path.stem]

    assert golden == {state: {who: offered(path, state, who) for who in people} for state, people in golden.items()}


def test_the_golden_offers_are_about_every_definition_and_not_all_the_same() -> None:
    golden = recorded()

    assert {path.stem for path in FILES} == golden.keys() >= set(PLONE)
    assert 250 < sum(len(people) for states in golden.values() for people in states.values())
    assert 40 < len(
        {tuple(names) for states in golden.values() for people in states.values() for names in people.values()}
    )
    assert GOLDEN.exists()


@pytest.mark.parametrize("name", FINALS)
def test_what_plone_ships_is_sound_once_somebody_says_where_it_ends(name: str) -> None:
    found = carried(DEFINITIONS / f"{name}.xml", finals=[FINALS[name]])

    assert [] == [item for item in check(found.case_type) if item.level == "error"]
    assert found.case_type == load(dumped(found.case_type))


@pytest.mark.usefixtures("on_each_database")
@pytest.mark.parametrize("name", ["simple_publication_workflow", "intranet_workflow", "comment_review_workflow"])
def test_a_running_case_offers_the_same_to_whoever_may_view_it(name: str) -> None:
    path = DEFINITIONS / f"{name}.xml"
    found = carried(path, finals=[FINALS[name]])
    app = running(attrs.evolve(found.case_type, grants={"import": "manager"}), found.guards)
    roles, golden = dict(found.roles), recorded()[name]
    names, triggers = ways_of(path)

    for state, people in golden.items():
        case = placed(app, found.case_type.name, names[state])
        for who, expected in people.items():
            desk = app.desk(Actor("somebody", {roles[who]}))
            if roles[who] in found.permissions.roles("View", names[state]):
                assert sorted(triggers[item] for item in expected) == sorted(desk.available(case))
            else:
                with pytest.raises(Refused):
                    desk.available(case)
    app.dispose()


def running(case_type: CaseType, guards: Any) -> Casework:
    parts = [Guard(name, lambda view: True) for name, _ in guards]
    app = Casework(quick(), case_types=[case_type], parts=parts, clock=FrozenClock(NOW))
    app.create_tables()
    return app


def placed(app: Casework, case_type: str, state: str) -> str:
    record = {"format": "casework-case-1", "id": f"in-{state}", "case_type": case_type, "states": {case_type: state}}
    found = app.desk(Actor("importer", {"manager"})).import_(record)
    assert found.case is not None
    return found.case.id


def test_guards_by_permission_are_settled_from_each_states_map() -> None:
    found = carried(DEFINITIONS / "simple_publication_workflow.xml")

    assert ("manager", "reviewer", "site_administrator") == found.permissions.roles("Modify portal content", "pending")
    assert ("edit", ("manager", "reviewer", "site_administrator")) in found.case_type.main.state("pending").grants
    assert "anonymous" in found.permissions.roles("View", "published")
    with pytest.raises(KeyError):
        found.permissions.roles("Fly", "pending")


def test_a_transition_is_split_where_states_let_other_roles_through() -> None:
    (first, second) = (
        step
        for step in carried(DEFINITIONS / "intranet_workflow.xml").case_type.main.transitions
        if step.trigger == "hide" or step.trigger == "show_internally"
    )

    assert (("internal",), ("private",)) == (first.source, second.source)
    split = [
        s
        for s in carried(DEFINITIONS / "every_kind_of_guard.xml").case_type.main.transitions
        if s.trigger == "two_permissions"
    ]
    assert [("draft",), ("checked",)] == [step.source for step in split]
    assert split[0].roles != split[1].roles


def test_an_expression_becomes_a_guard_that_somebody_has_to_supply() -> None:
    found = carried(DEFINITIONS / "every_kind_of_guard.xml", finals=["done"])

    ((name, expression),) = found.guards
    (step,) = (item for item in found.case_type.main.transitions if item.trigger == "asks")
    assert ((name,), "python: here.Title() != ''") == (step.guards, expression)
    assert "CW118" in {item.code for item in check(found.case_type, {}) if item.level == "error"}
    assert [("by_itself_if_may_go", "here/ready")] == list(found.facts)


def test_what_is_not_carried_over_is_told_with_its_line() -> None:
    found = carried(DEFINITIONS / "every_kind_of_guard.xml", finals=["done"])

    told = {item.path: item for item in found.notes}
    assert {"variables", "scripts", "transition offered_nowhere", "worklist by_author", "state draft"} <= told.keys()
    assert {"CW805"} == {item.code for item in found.notes} and all(item.level == "warning" for item in found.notes)
    line = told["transition offered_nowhere"].line
    assert line is not None
    source = (DEFINITIONS / "every_kind_of_guard.xml").read_text(encoding="utf-8").splitlines()
    assert "offered_nowhere" in source[line - 1]


def test_worklists_and_creation_are_carried_over() -> None:
    found = carried(DEFINITIONS / "plone_workflow.xml")
    others = carried(DEFINITIONS / "every_kind_of_guard.xml", finals=["done"])

    (queue,) = found.case_type.worklists
    assert (("pending",), ("manager", "reviewer", "site_administrator")) == (queue.states, queue.roles)
    assert ("contributor", "manager") == others.case_type.opens
    assert found.case_type.opens == tuple(sorted(name for _, name in found.roles))


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        ("<workflow/>", ["CW803"]),
        ('<dc-workflow workflow_id="x" initial_state="a"/>', ["CW804"]),
        (
            '<dc-workflow workflow_id="x" initial_state="a"><state state_id="a"/><state state_id="a"/></dc-workflow>',
            ["CW803"],
        ),
        ('<dc-workflow workflow_id="x" initial_state="a"><state state_id="a"/><transition/></dc-workflow>', ["CW803"]),
        (
            '<dc-workflow workflow_id="x" initial_state="a"><state state_id="a"/>{}</dc-workflow>'.format(
                '<transition transition_id="t" new_state="b"/>'
            ),
            ["CW804"],
        ),
    ],
)
def test_what_is_no_definition_is_refused(document: str, codes: list[str]) -> None:
    with pytest.raises(DocumentError) as found:
        read(document.encode())

    assert codes == [item.code for item in found.value.findings]


def test_an_ending_that_is_not_there_is_an_error() -> None:
    with pytest.raises(InvalidValue):
        carried(DEFINITIONS / "plone_workflow.xml", finals=["gone"])


def test_names_that_would_come_out_the_same_are_kept_apart() -> None:
    states = "".join(f'<state state_id="{name}"/>' for name in ("To Do", "to-do", "2 do"))
    source = read(f'<dc-workflow workflow_id="9 lives" initial_state="to-do">{states}</dc-workflow>'.encode())

    flow = carry(source).case_type.main
    assert ("x_9_lives", ["to_do", "to_do_2", "x_2_do"], "to_do_2") == (
        flow.name,
        [state.name for state in flow.states],
        flow.initial,
    )


def test_the_site_that_was_asked_about_is_the_one_that_is_kept() -> None:
    assert SITE == json.loads((GOLDEN.parent / "site.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text", ["python: __import__('os').system('false')", "string:${1/0}", "here/x|python:" + "9" * 5_000]
)
def test_f106_an_expression_is_kept_as_words_and_never_evaluated(text: str) -> None:
    guard = f"<guard><guard-role>Owner</guard-role><guard-expression>{text}</guard-expression></guard>"
    step = f'<transition transition_id="go" new_state="b" trigger="USER">{guard}</transition>'
    states = '<state state_id="a"><exit-transition transition_id="go"/></state><state state_id="b"/>'
    found = carry(read(f'<dc-workflow workflow_id="w" initial_state="a">{states}{step}</dc-workflow>'.encode()))

    assert ((("w_go_guard", text),), ("w_go_guard",)) == (found.guards, found.case_type.main.transitions[0].guards)


def test_titles_of_strangers_stay_titles_in_drawings() -> None:
    title = "&lt;script&gt;alert(1)&lt;/script&gt;"
    state = f'<state state_id="a" title="{title}"/>'
    found = carry(
        read(f'<dc-workflow workflow_id="w" title="{title}" initial_state="a">{state}</dc-workflow>'.encode())
    )

    drawn = tree(svg(found.case_type).encode(), "drawing.svg")
    assert "<script>alert(1)</script>" == found.case_type.title.en
    assert "script" not in {element.name for element in _all(drawn)}


def _all(element: Element) -> list[Element]:
    return [element, *(deeper for child in element.children for deeper in _all(child))]
