"""How long somebody waits takes nothing from what ids and salts are made of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from effects.parcel import Sink, app_on, clock_of, post, told

from casework import seeded_entropy
from casework.ids import apart, system_entropy
from casework.storage.sql.transaction import Contended


def drawn(seed: int, *, failures: int, contended: int) -> tuple[list[str], list[bytes]]:
    """The ids of cases, and the hashes of the log, after so many retries of messages and of transactions."""
    sink = Sink()
    app = app_on(post(sink, pauses=[timedelta(seconds=1)] * 5), entropy=seeded_entropy(seed))
    (case,) = told(app, 1)
    for _ in range(failures):
        sink.failing.add(case.id)
        app.send_waiting()
        clock_of(app).advance(timedelta(seconds=2))
    clock_of(app).advance(timedelta(seconds=2 * (3 - failures)))
    left = [contended]

    def work(transaction: object) -> None:
        if left[0]:
            left[0] -= 1
            raise Contended

    app._engine.store.transactions.carried(work)
    cases = told(app, 3)
    ids = [found.id for found in cases]
    app.dispose()
    return ids, [app._engine.entropy(8)]


def test_whoever_is_retried_has_the_ids_of_whoever_is_not() -> None:
    assert drawn(7, failures=0, contended=0) == drawn(7, failures=3, contended=2)
    assert drawn(7, failures=0, contended=0) != drawn(8, failures=0, contended=0)


def test_a_stream_apart_is_repeatable_and_of_its_seed() -> None:
    streams = [apart(seeded_entropy(seed), purpose)(8) for seed in (1, 2) for purpose in ("a", "b")]
    again = [apart(seeded_entropy(seed), purpose)(8) for seed in (1, 2) for purpose in ("a", "b")]
    entropy = seeded_entropy(1)
    apart(entropy, "a")(8)

    assert streams == again and 4 == len(set(streams))
    assert seeded_entropy(1)(8) == entropy(8)
    assert apart(system_entropy, "a") is system_entropy


@pytest.mark.parametrize("size", [1, 9])
def test_an_entropy_of_ones_own_keeps_its_bytes_for_itself(size: int) -> None:
    asked: list[int] = []

    def counted(count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    assert size == len(apart(counted, "pauses")(size)) and [] == asked
