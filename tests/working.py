"""One working day of a shelter that calls every verb of a desk at least once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from files import PDF
from shelter import meeting, stay, told

from casework import Actor, BreakGlass, Casework, Worklist, field

WORKLISTS = (Worklist("here", "here", roles="clerk"),)


def case_types() -> list[Any]:
    """Those of the shelter, with a worklist."""
    return [stay(worklists=WORKLISTS, break_glass=BreakGlass(classes="health", channel="sms")), meeting()]


def day(
    app: Casework,
    tenant: str,
    calls: Callable[[str], None] = lambda _: None,
    *,
    mark: str = "1",
    erasing: bool = True,
) -> None:
    """Work as three people of *tenant*; *calls* is told the name of each verb before it is called.

    *mark* names the day, so that its requests are not taken for those of another one.
    """
    li, wu, han = (
        _Watched(app.desk(Actor(name, {role}, unit="anlu", tenant=tenant)), calls)
        for name, role in (("li", "clerk"), ("wu", "clerk"), ("han", "head"))
    )
    case = told(li, request_id=f"open-{mark}")
    _looked_at(li, case)
    other = told(li)
    _in_an_emergency(li, han, other)
    other = _moved(li, case, other, mark)
    if erasing:
        _erased(li, wu, han, case, other)


class _Watched:
    """A desk that tells which of its verbs is called."""

    def __init__(self, desk: Any, calls: Callable[[str], None]) -> None:
        self._desk, self._calls = desk, calls

    def __getattr__(self, name: str) -> Any:
        self._calls(name)
        return getattr(self._desk, name)


def _looked_at(li: Any, case: Any) -> None:
    (file,) = li.enclosures(case.id)
    with li.read_enclosure(case.id, file.number) as content:
        assert content.read()
    assert li.get(case.id) and li.history(case.id) and li.available(case.id) and li.balances(case.id) is not None
    assert li.why_not(case.id, "back") is not None and li.what_if(case.id, "earn")
    assert li.what_helps(case.id, "back") is not None
    assert li.find("stay", field("place") == "canal", open_only=True).cases
    assert li.worklist("stay", "here").cases and li.waiting("stay", "here")
    assert li.receipt(f"t-{case.id}") is not None
    assert list(li.export([case.id]))


def _in_an_emergency(li: Any, han: Any, case: Any) -> None:
    broken = han.break_glass(case.id, reason="found unconscious")
    assert "asthma" == broken.data["illness"]
    li.review(case.id, broken.entry, finding="it was right")
    assert han.readings(case.id).lines


def _moved(li: Any, case: Any, other: Any, mark: str) -> Any:
    li.amend(other.id, place="hall")
    li.claim(other.id)
    li.assign(other.id, "owner", None)
    li.note(other.id, "calm")
    file = li.enclose(other.id, PDF + b"%2", name="b.pdf")
    li.withdraw(other.id, file.entry, because="wrong")
    earned = li.fire(other.id, "earn")
    li.correct(earned, earned.entry, because="wrong")
    li.adopt(other.id, dry_run=True)
    assert (other.id,) == li.bulk([other.id], "earn", batch=f"batch-{mark}").done
    li.fire(other.id, "spend")
    li.within(lambda desk: desk.note(other.id, "together"))
    (record,) = li.export([case.id])
    li.import_({**record, "id": "elsewhere"}, dry_run=True)
    return li.fire(other.id, "leave")


def _erased(li: Any, wu: Any, han: Any, case: Any, other: Any) -> None:
    subject = case.subjects["person"]
    han.place_legal_hold(subject, because="audit")
    assert han.legal_holds()
    han.lift_legal_hold(subject)
    li.fire(case.id, "leave")
    li.erase(other.subjects["person"], because="request")
    wu.drop_erasure(other.subjects["person"])
    li.erase(subject, because="request")
    assert wu.erasures()
    wu.confirm_erasure(subject)
