"""Whoever forges the log is found out, and the first bad entry named; two verifiers that share no code agree on it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from forging import FORGERIES, NOWHERE, Forger, Named
from histories import START
from outside import outside
from signed import SIGNER, kept_in, live, signed_app, signed_history
from stores import fresh, quick

from casework import Casework, Fault, FrozenClock
from casework.checkpoints.verify_casework import faults as found_alone
from casework.checkpoints.verify_casework import opened
from casework.storage.logexport import exported

pytestmark = pytest.mark.both


def named(faults: tuple[Fault, ...]) -> list[Named]:
    """Case and entry of each fault, in order."""
    return [(fault.case_id, fault.number) for fault in faults]


def alone(app: Casework, folder: Path, tmp_path: Path) -> list[Named]:
    """What the stand-alone verifier says, by case and entry."""
    with app.reading() as transaction:
        lines = "".join(f"{line}\n" for line in exported(transaction))
    (tmp_path / "log.json").write_text(lines, encoding="utf-8")
    store = opened(tmp_path / "log.json")
    found = [(case, number) for _, case, number, _ in found_alone(store, [folder], str(SIGNER.public))]
    store.close()
    return found


def first_of_each(places: list[Named]) -> set[Named]:
    """The first bad entry of each case."""
    found: dict[str, int] = {}
    for case, number in places:
        found.setdefault(case, number)
    return set(found.items())


@pytest.mark.parametrize("forgery", FORGERIES)
def test_f53_f54_f55_f56_a_forgery_is_found_and_its_first_bad_entry_named(
    forgery: str, folder: Path, tmp_path: Path
) -> None:
    url, clock, luck = fresh(), FrozenClock(START), random.Random(forgery)
    app = signed_app(url, folder, clock)
    sizes = signed_history(app, clock, luck)
    with outside(url) as sql:
        wanted = FORGERIES[forgery](Forger(sql, luck, sizes))
    quick_look, verdict = app.verify_log(), app.verify()
    other = alone(app, folder, tmp_path)
    app.dispose()

    told = list(map(str, verdict.faults))
    assert wanted == named(verdict.faults)[0] or wanted in named(verdict.log.faults if verdict.log else ()), told
    assert wanted in named(quick_look.faults), list(map(str, quick_look.faults))
    assert wanted in other
    assert first_of_each(named(quick_look.faults)) == first_of_each(other)


@pytest.mark.parametrize("seed", range(3))
def test_an_honest_log_is_never_accused(seed: int, folder: Path, tmp_path: Path, long: bool) -> None:
    for part in range(350 if long else 8):
        place, clock, luck = folder / str(part), FrozenClock(START), random.Random(seed * 1_000 + part)
        app = signed_app(quick(), place, clock, seed)
        signed_history(app, clock, luck, parts=luck.randint(0, 3), steps=luck.randint(1, 12))

        assert () == app.verify().faults
        assert () == app.verify_log().faults
        assert [] == alone(app, place, tmp_path)
        app.dispose()


def agree(done: str | None, luck: random.Random, folder: Path, tmp_path: Path) -> None:
    """Both verifiers name the same first bad entries, among them the one that was tampered with."""
    url, clock = fresh(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    sizes = signed_history(app, clock, luck, steps=6)
    chosen = luck.choice(sorted(FORGERIES))
    done = done or chosen
    with outside(url) as sql:
        while not sql.ask("SELECT 1 FROM casework_leaf WHERE number > 1"):
            sizes += signed_history(app, clock, luck, steps=6)
        wanted = FORGERIES[done](Forger(sql, luck, sizes))
    found = named(app.verify_log().faults)
    other = alone(app, folder, tmp_path)
    app.dispose()

    assert wanted in found, done
    assert first_of_each(found) == first_of_each(other), done


def test_the_two_verifiers_agree_on_whatever_was_done(folder: Path, tmp_path: Path, long: bool) -> None:
    for part in range(200 if long else 6):
        agree(None, random.Random(f"several {part}"), folder / str(part), tmp_path)


def test_what_waits_for_the_log_does_not_hide_where_its_end_was_cut(folder: Path, tmp_path: Path) -> None:
    """With it there are as many as were signed; they are others from the last checkpoint before on."""
    agree("cut_the_tail_and_its_leaves", random.Random("several 25"), folder, tmp_path)


def test_nothing_at_all_is_whole(folder: Path, tmp_path: Path) -> None:
    app = signed_app(quick(), folder)

    assert app.checkpoint(SIGNER) is None
    assert app.verify().whole
    assert [] == alone(app, folder, tmp_path)
    app.dispose()


def test_a_checkpoint_that_was_edited_or_signed_by_somebody_else_is_told(folder: Path, tmp_path: Path) -> None:
    url, clock = quick(), FrozenClock(START)
    app = signed_app(url, folder, clock)
    live(app, clock, random.Random(1), 5)
    app.checkpoint(SIGNER)
    file = folder / "000001.notes"
    lines = file.read_text(encoding="utf-8").split("\n")
    lines[1] = str(int(lines[1]) - 1)
    file.write_text("\n".join(lines), encoding="utf-8")

    assert [NOWHERE] == named(app.verify(checkpoints=kept_in(folder)).faults)
    assert NOWHERE in alone(app, folder, tmp_path)
    app.dispose()
