"""What every test gets, be it of the core, a plugin or an example.

A hypothesis profile, the option ``--long``, and a check that nothing was left running.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow]
settings.register_profile("dev", max_examples=20, deadline=None, suppress_health_check=SLOW)
settings.register_profile(
    # The same examples every time, so that a change is never refused for another one's fault.
    "ci",
    max_examples=60,
    deadline=None,
    suppress_health_check=SLOW,
    derandomize=True,
    print_blob=True,
)
settings.register_profile("night", max_examples=5_000, deadline=None, suppress_health_check=SLOW, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

GRACE = 2.0  # seconds that a thread which is already ending may take


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help='also run the tests marked "long"')


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    for item in items:
        if "long" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="long form only (--long)"))


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether this is the long form; for tests that sweep further in it."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in left:
        thread.join(GRACE)
    alive = [thread.name for thread in left if thread.is_alive()]
    assert not alive, f"the test left threads running: {', '.join(alive)}"
