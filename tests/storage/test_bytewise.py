"""Text is compared byte by byte on PostgreSQL, whatever language its database sorts by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from outside import outside
from rows import NOW, Row, Rows, pool
from server import lent_database, server_url

from casework.condition.build import field
from casework.condition.tree import Condition
from casework.model.actor import Actor

pytestmark = pytest.mark.postgres
LI = Actor("li", {"clerk"}, unit="anlu")
# By the rules of a language "a" stands beside "A" and accents count for little; builtin is what each server has.
WAYS = {
    "byte by byte": ("LOCALE_PROVIDER libc", "LC_COLLATE 'C'", "LC_CTYPE 'C'"),
    "unicode": ("LOCALE_PROVIDER builtin", "BUILTIN_LOCALE 'C.UTF-8'"),
    "the root of all languages": ("LOCALE_PROVIDER icu", "ICU_LOCALE 'und'"),
    "chinese": ("LOCALE_PROVIDER icu", "ICU_LOCALE 'zh-Hans'"),
}
UNSORTED = """SELECT relname || '.' || attname FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r' AND relnamespace = 'public'::regnamespace
JOIN pg_collation ON pg_collation.oid = attcollation
WHERE attnum > 0 AND NOT attisdropped AND collname <> 'C' AND relname <> 'casework_version'"""


def offered() -> tuple[str, ...]:
    """The ways of sorting that the server has; the wheel's has none of a language."""
    with psycopg.connect(server_url()) as connection:
        has_icu = connection.execute("SELECT count(*) > 0 FROM pg_collation WHERE collname = 'und-x-icu'").fetchone()
    return tuple(WAYS)[: 4 if has_icu == (True,) else 2]


@pytest.fixture(scope="module")
def sorted_ways() -> Iterator[dict[str, tuple[str, Rows]]]:
    """A store in a database of each way of sorting."""
    with ExitStack() as stack:
        made = {}
        for way in offered():
            url = stack.enter_context(lent_database("template0", *WAYS[way]))
            rows = Rows(url)
            stack.callback(rows.store.engine.dispose)
            made[way] = url, rows
        yield made


def test_every_column_of_text_says_how_it_is_compared(sorted_ways: dict[str, tuple[str, Rows]]) -> None:
    for url, _ in sorted_ways.values():
        with outside(url) as store:
            assert [] == store.ask(UNSORTED)


def test_the_readers_agree_about_text_in_every_database(sorted_ways: dict[str, tuple[str, Rows]]) -> None:
    texts = pool("text")
    found: list[Condition] = [field("a_text") == text for text in texts]
    found += [field("a_text").in_(*texts[n : n + 3]) for n in range(0, len(texts) - 3, 3)]
    cases = [Row(data={"a_text": text}) for text in texts]

    for _, rows in sorted_ways.values():
        assert [] == rows.differences(cases, found, LI, NOW)
