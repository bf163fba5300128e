"""What is sealed stays sealed while it is called otherwise, and what was erased stays gone."""

from __future__ import annotations

from typing import Any

import attrs
from outside import outside
from shelter import LI, START, erased, shelter, stay, told
from stores import fresh

from casework import BlobMemory, Case, CaseType, Casework, Choice, Field, FrozenClock
from casework.keys import KeyMemory
from casework.migrating import FieldMap, Migration

OPEN = ("place", "minor", "ward")
RENAMED = Migration(
    name="renamed",
    case_type="stay",
    fields=[
        FieldMap(source="illness", target="condition_found"),
        FieldMap(source="card", target="card_kind", values={"4403-1999": "green"}),
        FieldMap(source="name", target="called"),
    ],
)


def later() -> CaseType:
    """The stay with three of its fields called otherwise, one of them a choice now."""
    older = stay()
    named = {"illness": "condition_found", "name": "called"}
    fields = [attrs.evolve(item, name=named.get(item.name, item.name)) for item in older.data if item.name != "card"]
    colours = (Choice("green"), Choice("red"))
    card = Field("card_kind", "choice", field_class="identity", choices=colours)
    (main,) = older.chain
    steps = tuple(item for item in main.transitions if item.trigger != "tell")
    chain = (attrs.evolve(main, transitions=steps),)
    return attrs.evolve(older, version=2, data=(*fields, card), chain=chain)


def moved(case_id: str, url: str, **more: Any) -> Casework:
    """An app of the later version that has moved the case."""
    app = shelter(url, case_types=[later()], **more)
    app.desk(LI).migrate(case_id, RENAMED)
    return app


def opened(url: str, keys: KeyMemory, **more: Any) -> Case:
    """A stay under the older version, of which everything is known."""
    app = shelter(url, keys=keys, **more)
    case = told(app.desk(LI))
    app.dispose()
    return case


def test_sealed_values_stay_sealed_under_their_new_names() -> None:
    url, keys = fresh(), KeyMemory()
    blobs = BlobMemory(clock=FrozenClock(START))
    case = opened(url, keys, blobs=blobs)
    app = moved(case.id, url, keys=keys, blobs=blobs)
    known = app.desk(LI).get(case.id).data

    assert ("asthma", "green", "Xu Mei") == (known["condition_found"], known["card_kind"], known["called"])
    with outside(url) as store:
        everything = repr({name: rows for name, rows in store.rows().items() if name != "casework_manifest"})
    assert [] == [word for word in ("asthma", "4403-1999", "green") if word in everything]
    assert () == app.verify().faults
    app.dispose()


def test_whoever_moved_and_is_erased_is_gone_by_old_names_and_new() -> None:
    url, keys = fresh(), KeyMemory()
    case = opened(url, keys)
    app = moved(case.id, url, keys=keys)
    app.desk(LI).fire(case.id, "leave")
    erased(app, case.subjects["person"])

    assert {"place": "canal"} == dict(app.desk(LI).get(case.id).data)
    told_of = [dict(entry.changes) for entry in app.desk(LI).history(case.id)]
    assert [] == [name for changes in told_of for name, value in changes.items() if value and name not in OPEN]
    assert () == app.verify().faults
    app.dispose()


def test_without_keys_the_store_is_verified_all_the_same() -> None:
    url, keys, blobs = fresh(), KeyMemory(), BlobMemory(clock=FrozenClock(START))
    case = opened(url, keys, blobs=blobs)
    moved(case.id, url, keys=keys, blobs=blobs).dispose()
    app = shelter(url, case_types=[later()], blobs=blobs)
    verdict = app.verify()

    assert ((), True) == (verdict.faults, verdict.unopened > 0)
    app.dispose()
