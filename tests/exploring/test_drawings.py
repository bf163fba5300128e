"""Pictures of the joint graph: the path with what lies beside it, and the whole where it is small."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from xml.etree import ElementTree

import attrs
import pytest
from errands import offering
from exploring.compositions import COMPOSITIONS, HOST, Composition

import casework.rescue
from casework import Casework, Language, State, Text, Transition, Workflow
from casework.diagram.trail import Stop
from casework.exploring import Proving, Verdict
from casework.exploring.drawing import BESIDE_LIMIT, trail_of
from casework.exploring.overview import OVERVIEW_LIMIT
from casework.exploring.proofs import Proofs

SVG = "{http://www.w3.org/2000/svg}"
WITH_A_WAY = [each for each in COMPOSITIONS if each.code in ("CW601", "CW602", "CW606", "CW607", "CW609")]


@lru_cache
def _asked(composition: Composition) -> tuple[Proofs, Verdict]:
    each = composition.plugins
    plugins = [offering(p.name, attachments=p.attachments, requirements=p.requirements) for p in each]
    proofs = Casework(case_types=[composition.host], plugins=plugins, proving=Proving(limit=0)).proofs
    return proofs, next(v for v in proofs.prove("permit").verdicts if v.code == composition.code)


def _of(code: str) -> tuple[Proofs, Verdict]:
    return _asked(next(each for each in COMPOSITIONS if each.code == code))


def _words(picture: str) -> str:
    return " ".join(ElementTree.fromstring(picture).itertext())


def _stops(proofs: Proofs, verdict: Verdict) -> list[Stop]:
    trail = trail_of(proofs.compiled("permit"), verdict, "en")
    return [stride.stop for stride in trail.strides if stride.stop is not None]


@pytest.mark.parametrize("composition", WITH_A_WAY, ids=lambda composition: composition.name)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_picture_tells_every_step_and_where_it_ends(composition: Composition, language: Language) -> None:
    proofs, verdict = _asked(composition)
    picture = proofs.drawing("permit", verdict, language=language)
    words = re.sub(r"\s", "", _words(picture))

    assert re.sub(r"\s", "", verdict.text.in_(language)) in words
    states = verdict.path[-1].step.states
    assert [] == [state for state in states.values() if state.replace("_", "") not in words]
    numbers = [text.text for text in ElementTree.fromstring(picture).iter(f"{SVG}text") if (text.text or "").isdigit()]
    assert [str(number) for number in range(1, len(verdict.path) + 1)] == numbers


@pytest.mark.parametrize("composition", WITH_A_WAY, ids=lambda composition: composition.name)
def test_nothing_in_a_picture_stands_on_something_else(composition: Composition) -> None:
    proofs, verdict = _asked(composition)
    root = ElementTree.fromstring(proofs.drawing("permit", verdict))
    lines: dict[str, list[float]] = {}
    for text in root.iter(f"{SVG}text"):
        if not (text.text or "").isdigit():
            lines.setdefault(text.attrib["x"], []).append(float(text.attrib["y"]))

    assert all(lower - upper >= 13 for found in lines.values() for upper, lower in pairwise(sorted(found)))
    assert max(y for found in lines.values() for y in found) < float(root.attrib["height"])


def test_where_nothing_can_happen_any_more_it_is_told_what_was_asked_for() -> None:
    stops = _stops(*_of("CW609"))

    assert [False] * (len(stops) - 1) + [True] == [stop.barred for stop in stops]
    assert "which asks that inspection is passed" in _words(_of("CW609")[0].drawing("permit", _of("CW609")[1]))


def test_of_what_is_asked_for_only_that_is_told_which_stands_in_the_way() -> None:
    proofs, verdict = _asked(next(each for each in COMPOSITIONS if each.name == "each passes after the other has"))
    strict = [attrs.evolve(s, four_eyes="check") if s.trigger == "grant" else s for s in HOST.main.transitions]
    host = attrs.evolve(HOST, chain=[attrs.evolve(HOST.main, transitions=strict)])
    same, found = _asked(attrs.evolve(COMPOSITIONS[0], host=host))

    (grant,) = [aside.then for aside in _stops(proofs, verdict)[-1].asides if "grant" in aside.text]
    (watched,) = [aside.then for aside in _stops(same, found)[-1].asides if "grant" in aside.text]
    assert grant == watched
    assert "check" not in watched


def test_a_step_that_is_refused_leads_nowhere() -> None:
    proofs, verdict = _of("CW606")
    trail = trail_of(proofs.compiled("permit"), verdict, "en")

    assert (True, None) == (trail.strides[-1].refused, trail.strides[-1].stop)
    assert trail.last is not None and not trail.last.barred


def test_what_is_not_proven_is_not_drawn_as_if_it_were() -> None:
    proofs, verdict = _of("CW609")
    unsure = attrs.evolve(verdict, answer="not proven")
    pictures = [proofs.drawing("permit", unsure, language=language) for language in ("en", "zh")]

    assert "as far as deciding went" in _words(pictures[0]) and "the path ends here" not in _words(pictures[0])
    assert "未能证明" in _words(pictures[1]) and "本案会被拒绝" not in _words(pictures[1])
    assert "no value was found" in proofs.drawing("permit", unsure, form="mermaid")


def test_what_lies_beside_the_path_is_no_step_of_it() -> None:
    proofs, verdict = _of("CW609")
    first = _stops(proofs, verdict)[0]

    assert "check" not in [aside.text for aside in first.asides]
    assert "withdraw" in [aside.text for aside in first.asides]


def test_of_many_moves_beside_the_path_few_are_drawn_and_the_others_counted() -> None:
    proofs = Casework(plugins=[casework.rescue], proving=Proving(limit=0)).proofs
    way = proofs.can("rescue", roles={"caseworker"}, reach="reunited")

    assert re.search(r"另有 \d+ 项", _words(proofs.drawing("rescue", way, language="zh")))
    assert all(step.text.zh.split("【")[0] in _words(proofs.drawing("rescue", way, language="zh")) for step in way.path)
    assert 0 < BESIDE_LIMIT < 10


def test_a_step_of_a_flowchart_is_no_item_of_a_list() -> None:
    proofs, verdict = _of("CW609")

    assert None is re.search(r'["<>]\d+\. ', proofs.drawing("permit", verdict, form="mermaid"))


def test_a_title_is_written_as_it_is() -> None:
    titled = attrs.evolve(HOST, title=Text("<permit> & \x07", "许可“<b>”"))
    proofs = Casework(case_types=[titled], proving=Proving(limit=0)).proofs
    way = proofs.can("permit", roles={"clerk", "chief"}, reach="granted")

    assert "<permit> &" in _words(proofs.drawing("permit", way))
    assert "<b>" in _words(proofs.overview("permit", language="zh") or "")
    assert "<permit>" not in proofs.drawing("permit", way, form="mermaid")


def test_a_small_graph_is_drawn_whole_with_the_path_in_it() -> None:
    proofs, verdict = _of("CW609")
    picture, text = (proofs.overview("permit", verdict.path, form=form) or "" for form in ("svg", "mermaid"))

    assert proofs.prove("permit").configurations == picture.count('class="state')
    assert "where the path ends" in _words(picture)
    assert "★ check" in text and "classDef goal" in text


def test_a_large_graph_is_not_drawn_whole() -> None:
    steps = [Transition(f"go_{n}", f"s{n}", f"s{n + 1}", roles="clerk") for n in range(OVERVIEW_LIMIT)]
    states = [State(f"s{n}", final=n == OVERVIEW_LIMIT) for n in range(OVERVIEW_LIMIT + 1)]
    long = attrs.evolve(HOST, chain=[Workflow("permit", initial="s0", states=states, transitions=steps)])
    proofs = Casework(case_types=[long], proving=Proving(limit=0)).proofs

    assert OVERVIEW_LIMIT + 1 == proofs.prove("permit").configurations
    assert proofs.overview("permit") is None
