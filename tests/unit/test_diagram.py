"""The pictures of a definition: complete, well-formed, legible, and inert whatever the titles say."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.diagram import mermaid, svg
from casework.diagram.edges import graphs
from casework.diagram.layers import layering
from casework.diagram.layout import Layout, layout
from casework.diagram.measure import balanced, clean, width, wrap
from casework.model.casetype import CaseType
from casework.model.outfit import Role
from casework.model.workflow import Deadline, State, Transition, Workflow
from casework.text import Language, Text

NAMESPACE = "{http://www.w3.org/2000/svg}"
LANGUAGES: tuple[Language, ...] = ("en", "zh")
HOSTILE = (
    "<script>alert(1)</script>",
    "a \"quoted\" 'title'",
    "two\nlines --> s_other : go",
    "-->",
    "]]> <!-- %% comment",
    "; s_x --> s_y : z",
    "[[fork]]",
    "change direction LR now",
    "&lt;b&gt; #lt; $$x$$ `y`",
    "\u202eturned\x00\x1b\ufffe\ud800",
    "}\nstate evil {",
)


def state(name: str, en: str, zh: str, *, final: bool = False, phases: tuple[str, ...] = ()) -> State:
    return State(name, title=Text(en, zh), final=final, phases=phases)


def go(trigger: str, source: str | tuple[str, ...], target: str | None, en: str, zh: str) -> Transition:
    return Transition(trigger, source, target, title=Text(en, zh), roles="worker")


def automatic(transition: Transition) -> Transition:
    return attrs.evolve(transition, automatic=True, roles=())


REPAIR = Workflow(
    "repair",
    initial="found",
    title=Text("Repair", "维修"),
    states=[
        state("found", "Fault found", "发现故障", phases=("open",)),
        state("assessed", "Assessed", "已评估", phases=("open", "active")),
        state("shop", "In the workshop", "送修中", phases=("open", "active")),
        state("traced", "Owner traced", "已查明所有人", phases=("open", "active")),
        state("returned", "Returned to its owner", "已归还所有人", final=True),
        state("sent_on", "Sent on to the home depot of the owner", "已移交所有人所在地的仓库", final=True),
        state("left", "Fetched", "自行取走", final=True),
        state("refused", "Refused", "拒绝", final=True),
        state("kept", "Kept for good", "长期保管", final=True),
        state("scrapped", "Scrapped", "报废", final=True),
        state("lost", "Lost from sight", "失去联系"),
    ],
    transitions=[
        go("assess", "found", "assessed", "assess", "完成评估"),
        automatic(go("admit", "assessed", "shop", "the bench says admitted", "工位已接收")),
        automatic(go("discharge", "shop", "assessed", "discharged", "出厂")),
        automatic(go("trace", ("assessed", "shop"), "traced", "owner confirmed", "确认所有人")),
        go("relapse", "traced", "shop", "sent back", "再次送修"),
        go("hand_over", "traced", "returned", "hand over", "移交"),
        go("send_on", "traced", "sent_on", "send on to the home depot", "移交所在地仓库"),
        attrs.evolve(go("fetch", (), "left", "fetch", "取走"), phase="open"),
        go("refuse", ("found", "assessed"), "refused", "refuse", "拒绝办理"),
        go("keep", ("assessed", "traced"), "kept", "keep", "保管"),
        attrs.evolve(go("scrap", (), "scrapped", "scrap", "登记报废"), phase="open"),
        attrs.evolve(go("lose", (), "lost", "lose", "登记失联"), phase="open"),
        attrs.evolve(go("silence", (), "lost", "no sign for 30 days", "三十天无音讯"), phase="open"),
        go("resume", "lost", "assessed", "seen again", "重新找到"),
        go("close_lost", "lost", "left", "close after a year", "满一年结案"),
        go("reopen", ("left", "refused"), "assessed", "reopen", "重新受理"),
        attrs.evolve(go("note", (), None, "add a note", "补充记录"), phase="open"),
        go("reassess", "assessed", "assessed", "assess anew", "重新评估"),
    ],
    deadlines=[Deadline("year", "lost", timedelta(days=365), trigger="close_lost")],
)
BENCH = Workflow(
    "bench",
    initial="waiting",
    title=Text("Bench", "工位"),
    states=[
        state("waiting", "Waiting", "等候"),
        state("taken", "Taken", "已接收"),
        state("done", "Done", "完成", final=True),
    ],
    transitions=[
        go("take", "waiting", "taken", "take", "接收"),
        go("put_back", "taken", "waiting", "put back", "放回"),
        automatic(go("end", ("waiting", "taken"), "done", "case closed", "个案结案")),
    ],
)
CASE = CaseType(
    "repair",
    chain=[REPAIR, BENCH],
    title=Text("Repairs", "维修个案"),
    roles=[Role("worker", title=Text("worker", "员工"))],
)

NAMES = tuple("abcdefg")


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    some = st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True).map(tuple)
    titles = st.text("ab 中文，W", max_size=30).map(Text)
    moves = st.builds(
        lambda source, target, title, by_itself: Transition("go", source, target, title=title, automatic=by_itself),
        some,
        st.sampled_from((*names, None)),
        titles,
        st.booleans(),
    )
    states = [State(name, title=draw(titles), final=draw(st.booleans())) for name in names]
    return Workflow(
        "w", initial=draw(st.sampled_from(names)), states=states, transitions=draw(st.lists(moves, max_size=12))
    )


def laid_out(definition: CaseType | Workflow, language: Language = "en") -> list[Layout]:
    return [layout(graph) for graph in graphs(definition, language)]


def assert_legible(one: Layout) -> None:
    """Nothing covers anything else, nothing leaves the picture, and no line passes behind a box or a label."""
    rects = [box.rect for box in one.boxes] + [tag.rect for tag in one.tags]
    for first, second in itertools.combinations(rects, 2):
        assert not first.overlaps(second)
    for rect in rects:
        assert rect.x >= 0 and rect.x + rect.width <= one.width + 0.2
        assert rect.y >= -0.2 and rect.y + rect.height <= one.height + 0.2
    for piece, rect in itertools.product((piece for wire in one.wires for piece in wire.pieces), rects):
        if piece.x < rect.x + rect.width - 0.01 and rect.x < piece.to_x - 0.01:
            assert piece.y == piece.to_y
            assert not rect.y < piece.y < rect.y + rect.height


def assert_connected(one: Layout) -> None:
    """Each line starts at all of its sources and its arrow touches its target, at the side that faces it."""
    boxes = {box.node.name: box.rect for box in one.boxes}
    for wire in one.wires:
        target = boxes[wire.route.edge.target]
        assert wire.tip[0] == pytest.approx(target.x if wire.route.forward else target.x + target.width)
        assert target.y <= wire.tip[1] <= target.y + target.height
        for name in wire.route.edge.sources:
            source = boxes[name]
            ends = [(p.x, p.y) if wire.route.forward else (p.to_x, p.to_y) for p in wire.pieces]
            side = source.x + source.width if wire.route.forward else source.x
            assert any(x == pytest.approx(side) and source.y <= y <= source.y + source.height for x, y in ends)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_transition_is_named(language: Language) -> None:
    picture, text = svg(CASE, language=language), mermaid(CASE, language=language)

    for workflow in CASE.chain:
        for named in (*workflow.states, *workflow.transitions, workflow):
            assert named.title.in_(language) in picture
            assert named.title.in_(language) in text


def test_a_chinese_picture_has_no_names_of_phases_which_nobody_translates() -> None:
    phases = {phase for workflow in CASE.chain for state in workflow.states for phase in state.phases}

    assert phases and all(f">{phase}</text>" in svg(CASE, language="en") for phase in phases)
    assert not any(f">{phase}</text>" in svg(CASE, language="zh") for phase in phases)


def test_names_stand_in_for_titles_that_were_never_written() -> None:
    bare = Workflow("w", initial="a", states=[State("a"), State("b_c")], transitions=[Transition("go_on", "a", "b_c")])

    for output in (svg(bare), mermaid(bare)):
        assert "b_c" in output and "go_on" in output


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_svg_is_accessible_and_well_formed(language: Language) -> None:
    root = ElementTree.fromstring(svg(CASE, language=language))

    assert root.get("role") == "img"
    assert root.findtext(f"{NAMESPACE}title") == CASE.title.in_(language) == root.get("aria-label")
    assert "Noto Sans CJK SC" in str(root.get("font-family"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dense_workflow_is_legible(language: Language) -> None:
    for one in laid_out(CASE, language):
        assert_legible(one)
        assert_connected(one)


@settings(max_examples=60, deadline=None)
@given(workflows())
def test_any_small_workflow_is_legible(workflow: Workflow) -> None:
    for one in laid_out(workflow):
        assert_legible(one)
        assert_connected(one)
    ElementTree.fromstring(svg(workflow))
    assert svg(workflow) == svg(workflow)


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_are_inert(title: str) -> None:
    tame = Workflow(
        "w", initial="a", states=[State("a"), State("b", final=True)], transitions=[Transition("go", "a", "b")]
    )
    hostile = attrs.evolve(
        tame,
        title=title,
        states=[attrs.evolve(state, title=title, phases=title) for state in tame.states],
        transitions=[attrs.evolve(transition, title=title, roles=title) for transition in tame.transitions],
    )

    root = ElementTree.fromstring(svg(hostile))
    assert {element.tag.removeprefix(NAMESPACE) for element in root.iter()} <= {
        *("svg", "g", "title", "rect", "circle", "path", "text")
    }
    assert clean(title) in {element.text for element in root.iter(f"{NAMESPACE}title")}
    svg(hostile).encode()
    words = re.compile(r'"[^"]*"|: .*')
    assert words.sub("", mermaid(hostile)) == words.sub("", mermaid(tame))
    for text in words.findall(mermaid(hostile)):
        assert not re.search(r'[;<>{}\[\]#%"\\]|--|direction\s+LR|.:', text.strip('"'))


def test_the_current_configuration_is_marked() -> None:
    now = {"repair": "assessed", "bench": "taken"}
    root = ElementTree.fromstring(svg(CASE, states=now))
    marked = {group.get("data-state") for group in root.iter(f"{NAMESPACE}g") if group.get("data-current") == "true"}

    assert marked == {"assessed", "taken"}
    text = mermaid(CASE, states=now)
    assert 'state "▶ Assessed" as s_repair__assessed' in text
    assert "class s_repair__assessed,s_bench__taken current" in text
    assert "▶" not in mermaid(CASE) and "data-current" not in svg(CASE)


def test_nothing_moves_when_the_case_does() -> None:
    def places(states: dict[str, str]) -> list[object]:
        return [[box.rect for box in layout(graph).boxes] for graph in graphs(CASE, "en", states)]

    assert places({"repair": "assessed"}) == places({"repair": "lost"}) == places({})


def test_the_ways_out_of_the_current_state_are_live() -> None:
    [one] = [layout(graph) for graph in graphs(BENCH, "en", {"bench": "taken"})]

    live = {wire.route.edge.labels[0].trigger: wire.live for wire in one.wires}
    assert live == {"take": False, "put_back": True, "end": True}
    [end] = [wire for wire in one.wires if wire.route.edge.labels[0].trigger == "end"]
    assert {piece.live for piece in end.pieces} == {True, False}


def test_transitions_between_the_same_states_share_a_line() -> None:
    [graph] = graphs(REPAIR, "en")

    shared = [[label.trigger for label in edge.labels] for edge in graph.edges if len(edge.labels) > 1]
    assert shared == [["lose", "silence"]]


def test_transitions_that_stay_are_listed_in_the_state() -> None:
    [graph] = graphs(REPAIR, "en")

    assessed = next(node for node in graph.nodes if node.name == "assessed")
    assert [(label.trigger, label.enters) for label in assessed.inside] == [("note", False), ("reassess", True)]
    assert "s_repair__assessed : · add a note" in mermaid(REPAIR)
    assert "s_repair__assessed : ↻ assess anew" in mermaid(REPAIR)


def test_automatic_and_timed_transitions_are_told_apart() -> None:
    text = mermaid(REPAIR)

    assert "s_repair__assessed --> s_repair__shop : ⚙ the bench says admitted" in text
    assert "s_repair__lost --> s_repair__left : ⏱ close after a year" in text
    assert "stroke-dasharray" in svg(REPAIR)


def test_mermaid_marks_the_beginning_and_the_endings() -> None:
    lines = [line.strip() for line in mermaid(BENCH).splitlines()]

    assert lines[0] == "stateDiagram-v2"
    assert "[*] --> s_bench__waiting" in lines and "s_bench__done --> [*]" in lines
    assert [line for line in mermaid(CASE).splitlines() if line.endswith("{")] == [
        '    state "Repair" as w_repair {',
        '    state "Bench" as w_bench {',
    ]


def test_a_definition_that_is_still_wrong_can_be_drawn() -> None:
    wrong = Workflow(
        "w", initial="nowhere", states=[State("a")], transitions=[Transition("go", "a", "b"), Transition("x")]
    )

    for output in (svg(wrong), mermaid(wrong), svg(CaseType("empty", chain=[])), mermaid(CaseType("empty", chain=[]))):
        assert output
    assert "nowhere" in svg(wrong)


def test_the_initial_state_stands_first_however_the_states_are_written() -> None:
    for states in itertools.permutations(BENCH.states):
        [graph] = graphs(attrs.evolve(BENCH, states=states), "en")
        assert layering(graph) == {"waiting": 0, "taken": 1, "done": 2}


def test_the_output_does_not_depend_on_the_run() -> None:
    again = attrs.evolve(CASE, chain=[attrs.evolve(workflow) for workflow in CASE.chain])

    assert svg(CASE) == svg(again) and mermaid(CASE) == mermaid(again)


def test_wide_characters_count_as_wide() -> None:
    assert width("救助", 10) == 20
    assert width("ab", 10) < 20
    assert wrap("已移交流出地救助站", 10, 50) == ("已移交流出", "地救助站")
    assert balanced("Candidate found", 13, 98) == ("Candidate", "found")
    assert wrap("x" * 200, 10, 50, 2)[-1].endswith("…")
    assert wrap("", 10, 50) == ("",)
