"""What pytest finds by itself once casework is installed: fixtures, each of which loads casework when it is used.

It stands beside the package and not in it, so that a run of pytest that has nothing to do with casework does not
load casework, its database library, or hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from casework import CaseType, Casework, FrozenClock


@pytest.fixture
def casework_clock() -> FrozenClock:
    """A clock that stands at eight in the morning of 1 March 2026, UTC, until the test moves it."""
    from casework import FrozenClock
    from casework.testing.strategies import START

    return FrozenClock(START)


@pytest.fixture
def casework_app(casework_clock: FrozenClock) -> Iterator[Callable[..., Casework]]:
    """``casework_app(case_type, …)`` gives an app in memory on the clock of the test, its tables made.

    It takes what ``Casework`` takes; nothing that is installed is loaded by itself, ids are the same in every run,
    and everything is closed when the test ends.
    """
    from casework import Casework, seeded_entropy

    apps: list[Casework] = []

    def make(*case_types: CaseType, **more: Any) -> Casework:
        told = {"clock": casework_clock, "entropy": seeded_entropy(len(apps) + 1), **more}
        app = Casework(case_types=case_types, **told)
        apps.append(app)
        app.create_tables()
        return app

    yield make
    for app in apps:
        app.dispose()
