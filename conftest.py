"""What every test gets, be it of the core, a plugin or an example.

A hypothesis profile, the options ``--long``, ``--oracles`` and ``--database``, empty stores of every kind, and a check
that nothing was left running.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator

import pytest
import server
from hypothesis import HealthCheck, settings
from stores import KINDS, POSTGRES, SQLITE, Stores, serving

SLOW = [HealthCheck.too_slow]
settings.register_profile("dev", max_examples=20, deadline=None, suppress_health_check=SLOW)
settings.register_profile(
    # The same examples every time, so that a change is never refused for another one's fault.
    "ci",
    max_examples=30,
    deadline=None,
    suppress_health_check=SLOW,
    derandomize=True,
    print_blob=True,
)
# Each example makes a database of its own, and what it proves is proven with many more of them on SQLite.
settings.register_profile("few", max_examples=5, deadline=None, suppress_health_check=SLOW, derandomize=True)
settings.register_profile("night", max_examples=5_000, deadline=None, suppress_health_check=SLOW, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

GRACE = 2.0  # seconds that a thread which is already ending may take


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help='also run the tests marked "long"')
    told = "also run what asks independent oracles, each in its environment in this folder (dev.py test --oracles)"
    parser.addoption("--oracles", metavar="DIR", help=told)
    told = "run what needs a store on this database; with postgres, only what needs a store"
    parser.addoption("--database", choices=(*KINDS, "both"), default=SQLITE, help=told)


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Around the whole session, and its workers: what gives them one server between them, and ends it."""
    with server.session():
        return (yield)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that needs a store runs once for each kind of it."""
    if "stores" in metafunc.fixturenames:
        kinds = _kinds(metafunc)
        ids = kinds if len(kinds) > 1 else [pytest.HIDDEN_PARAM]
        metafunc.parametrize("stores", kinds, ids=ids, indirect=True, scope="session")


def _kinds(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    asked = metafunc.config.getoption("--database")
    if metafunc.definition.get_closest_marker("sqlite"):
        return (SQLITE,)
    if metafunc.definition.get_closest_marker("postgres"):
        return (POSTGRES,)
    if asked == "both" or (asked == SQLITE and metafunc.definition.get_closest_marker("both")):
        return KINDS
    return (asked,)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    only_postgres = config.getoption("--database") == POSTGRES
    kept = [item for item in items if not _is_left_out(item, only_postgres=only_postgres)]
    config.hook.pytest_deselected(items=list(set(items) - set(kept)))
    items[:] = kept
    for item in items if config.getoption("--oracles") is None else ():
        if "oracle" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="asks an independent oracle (--oracles)"))
    if config.getoption("--long"):
        return
    for item in items:
        if "long" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="long form only (--long)"))


def _is_left_out(item: pytest.Item, *, only_postgres: bool) -> bool:
    """Whether it would prove nothing: it needs no store and one was asked for, or it is about SQLite, on PostgreSQL."""
    callspec = getattr(item, "callspec", None)
    if callspec is not None and callspec.params.get("stores") == POSTGRES:
        return item.get_closest_marker("sqlite") is not None
    return only_postgres


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest) -> Stores:
    """Where empty stores come from; the test runs once for each kind of store that was asked for."""
    # The test cases of state machines are never parametrized; what they need is in memory.
    return Stores(getattr(request, "param", SQLITE))


@pytest.fixture
def on_each_database(stores: Stores) -> Iterator[None]:
    """The test runs once on each kind of store; what it takes from ``stores.fresh`` and ``quick`` is given back."""
    with serving(stores):
        yield


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
