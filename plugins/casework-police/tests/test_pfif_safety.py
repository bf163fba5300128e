"""A document made to do harm is refused at every door, before it costs memory or time (F72)."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import defusedxml
import defusedxml.ElementTree
import pytest
from casework_police.pfif import Limits, Note, Person, PfifFinding, Rejected, read

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMESPACE = "http://zesty.ca/pfif/1.4"
PERSON = (
    "<p:person><p:person_record_id>a.example/1</p:person_record_id>"
    "<p:source_date>2026-01-01T00:00:00Z</p:source_date><p:full_name>{}</p:full_name></p:person>"
)


def document(name: str, head: str = "") -> str:
    """A person of that name, below some prolog."""
    return f'{head}<p:pfif xmlns:p="{NAMESPACE}">{PERSON.replace("{}", name)}</p:pfif>'


def laughs() -> str:
    """Ten entities, each ten times the one before: a billion of them from a kilobyte."""
    lines = ['<!ENTITY l0 "ha">'] + [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    return document("&l9;", f"<!DOCTYPE p [{''.join(lines)}]>")


WITH_DOCTYPE = {
    "billion_laughs": laughs(),
    "quadratic_blow_up": document("&a;" * 1_000, f'<!DOCTYPE p [<!ENTITY a "{"a" * 10_000}">]>'),
    "external_entity": document("&x;", '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
    "external_entity_of_the_web": document("&x;", '<!DOCTYPE p [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>'),
    "parameter_entity": document("x", '<!DOCTYPE p [<!ENTITY % d SYSTEM "file:///etc/hostname"> %d;]>'),
    "external_subset": document("x", '<!DOCTYPE p SYSTEM "http://127.0.0.1:9/p.dtd">'),
    "public_subset": document("x", '<!DOCTYPE p PUBLIC "-//X//Y//EN" "p.dtd">'),
    "unparsed_entity": document("x", '<!DOCTYPE p [<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "f" NDATA n>]>'),
    "default_attributes": document("x", '<!DOCTYPE p [<!ATTLIST p a CDATA "1">]>'),
    "an_empty_one": document("x", "<!DOCTYPE p>"),
    "after_a_declaration_and_a_comment": document("x", '<?xml version="1.0"?>\n<!-- hello -->\n<!DOCTYPE p []>'),
}

Door = Callable[[bytes, Path], Any]
DOORS: dict[str, Door] = {
    "bytes": lambda data, _: data,
    "bytearray": lambda data, _: bytearray(data),
    "memory": lambda data, _: memoryview(data),
    "path": lambda data, folder: _kept(data, folder),
    "stream": lambda data, _: io.BytesIO(data),
    "file": lambda data, folder: _kept(data, folder).open("rb"),
    "trickle": lambda data, _: Trickle(data),
}


class Trickle(io.RawIOBase):
    """A stream that gives three bytes at a time, as a slow line does."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(3)


def _kept(data: bytes, folder: Path) -> Path:
    path = folder / "sent.xml"
    path.write_bytes(data)
    return path


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[bytes], Any]]:
    """Each way in which a document comes in."""
    opened: list[Any] = []

    def enter(data: bytes) -> Any:
        opened.append(DOORS[request.param](data, tmp_path))
        return opened[-1]

    yield enter
    for source in opened:
        if hasattr(source, "close"):
            source.close()


def only_fatal(source: Any, **options: Any) -> PfifFinding:
    """The one finding of a document that is refused as a whole."""
    (found,) = read(source, now=NOW, **options)
    assert isinstance(found, PfifFinding)
    assert "fatal" == found.level
    return found


@pytest.mark.parametrize("attack", WITH_DOCTYPE)
def test_f72_every_document_type_is_refused_at_every_door(attack: str, door: Callable[[bytes], Any]) -> None:
    tracemalloc.start()
    began = time.perf_counter()

    found = only_fatal(door(WITH_DOCTYPE[attack].encode()))

    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "doctype" == found.code
    assert time.perf_counter() - began < 2
    assert used < 8 * 2**20


@pytest.mark.parametrize("attack", sorted(set(WITH_DOCTYPE) - {"default_attributes"}))
def test_f72_a_second_opinion_refuses_the_same_documents(attack: str) -> None:
    with pytest.raises(defusedxml.DefusedXmlException):
        defusedxml.ElementTree.fromstring(WITH_DOCTYPE[attack], forbid_dtd=True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (document("王").encode("utf-16"), "encoding"),
        (document("王").encode("utf-16-le"), "encoding"),
        (document("王").encode("utf-16-be"), "encoding"),
        (document("王").encode("utf-32"), "encoding"),
        (laughs().encode("utf-16"), "encoding"),
        (document("x", '<?xml version="1.0" encoding="UTF-7"?>').encode(), "encoding"),
        (laughs().encode("utf-7"), "doctype"),
        (b"+/v8-" + laughs().encode("utf-7"), "encoding"),
        (document("x", '<?xml version="1.0" encoding="UTF-16"?>').encode(), "encoding"),
        (document("王", '<?xml version="1.0" encoding="GB18030"?>').encode("gb18030"), "encoding"),
        (document("x", '<?xml version="1.0" encoding="rot13"?>').encode(), "encoding"),
        (document("x", '<?xml version="1.1"?>').encode(), "xml-version"),
        (document("王").encode("gb18030"), "not-well-formed"),
        (document("\xe9").encode("latin-1"), "not-well-formed"),
        (document("x").encode("cp037"), "not-well-formed"),
    ],
)
def test_f72_nothing_but_utf_8_is_decoded(data: bytes, code: str, door: Callable[[bytes], Any]) -> None:
    found = [item for item in read(door(data), now=NOW) if isinstance(item, PfifFinding)]

    assert [(code, "fatal")] == [(item.code, item.level) for item in found]


def test_a_mark_of_utf_8_and_its_declaration_are_taken(door: Callable[[bytes], Any]) -> None:
    data = document("王", '<?xml version="1.0" encoding="utf-8" standalone="yes"?>').encode("utf-8-sig")

    (found,) = read(door(data), now=NOW)

    assert isinstance(found, Person) and "王" == found.full_name


@pytest.mark.parametrize("packed", [gzip.compress(document("x").encode()), b"PK\x03\x04" + b"\0" * 60, b"BZh91AY&SY"])
def test_f72_nothing_is_unpacked(packed: bytes, door: Callable[[bytes], Any]) -> None:
    assert "compressed" == only_fatal(door(packed)).code


def test_f72_an_inclusion_is_text_that_nobody_follows(door: Callable[[bytes], Any], tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary-7431")
    include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    style = f'<?xml-stylesheet href="{secret.as_uri()}"?>'

    items = list(read(door(document(include, style).encode()), now=NOW))

    (found,) = items
    assert isinstance(found, Rejected)
    assert ["misplaced-element"] == [finding.code for finding in found.findings]
    assert "canary-7431" not in repr(items)


def test_f72_an_entity_that_was_never_declared_ends_the_reading(door: Callable[[bytes], Any]) -> None:
    assert "not-well-formed" == only_fatal(door(document("&passwd;").encode())).code


def test_f72_deep_nesting_is_refused_before_it_is_kept(door: Callable[[bytes], Any]) -> None:
    data = f'<p:pfif xmlns:p="{NAMESPACE}">{"<a>" * 5_000}'.encode()

    foreign, fatal = read(door(data), now=NOW)

    assert isinstance(foreign, PfifFinding) and isinstance(fatal, PfifFinding)
    assert ("foreign-element", "warning") == (foreign.code, foreign.level)
    assert ("too-deep", "fatal") == (fatal.code, fatal.level)


class Endless(io.RawIOBase):
    """A stream that repeats one part for ever, and counts what was taken of it."""

    def __init__(self, head: bytes, part: bytes) -> None:
        self._head, self._part, self.taken = head, part, 0

    def read(self, size: int = -1) -> bytes:
        given, self._head = self._head or self._part, b""
        self.taken += len(given)
        return given


ROOT = f'<p:pfif xmlns:p="{NAMESPACE}">'.encode()


@pytest.mark.parametrize(
    "head",
    [b"<!--", ROOT + b"<!--", ROOT + b"<p:person a='", ROOT + b"<p:", b"<?pi ", ROOT + b"<p:person ", b"<" + b"a" * 9],
    ids=["comment", "inner_comment", "attribute", "name", "instruction", "blanks_in_a_tag", "root_name"],
)
def test_f72_markup_without_an_end_is_refused_after_little(head: bytes) -> None:
    stream = Endless(head, (b" " if head.endswith(b" ") else b"a") * 40_000)

    found = only_fatal(stream)

    assert "too-large" == found.code
    assert stream.taken < 400_000


def test_f72_a_thousand_attributes_are_refused(door: Callable[[bytes], Any]) -> None:
    attributes = " ".join(f'a{n}="x"' for n in range(1_000))

    assert "too-large" == only_fatal(door(f"<p {attributes}/>".encode())).code


def test_f72_a_text_without_an_end_is_not_kept() -> None:
    head = ROOT + b"<p:person><p:full_name>"
    stream = Endless(head, b"a" * 60_000)
    tracemalloc.start()

    found = only_fatal(stream, limits=Limits(size=20_000_000))

    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "too-large" == found.code
    assert used < 3_000_000


def test_a_text_beyond_the_limit_costs_its_record_alone() -> None:
    body = PERSON.replace("{}", "王" * 101) + PERSON.replace("{}", "王" * 100)
    data = f"{ROOT.decode()}{body}</p:pfif>".encode()

    rejected, kept = read(data, now=NOW, limits=Limits(text=100))

    assert isinstance(rejected, Rejected) and isinstance(kept, Person)
    assert [("too-long", "full_name")] == [(finding.code, finding.field) for finding in rejected.findings]


def test_a_record_with_endless_mistakes_tells_the_first_hundred() -> None:
    data = f"{ROOT.decode()}{PERSON.replace('<p:full_name>', '<p:mood/>' * 5_000 + '<p:full_name>')}</p:pfif>".encode()

    (found,) = read(data, now=NOW)

    assert isinstance(found, Rejected) and 100 == len(found.findings)


def test_notes_that_would_fill_the_memory_are_rejected() -> None:
    note = (
        "<p:note><p:note_record_id>a.example/n</p:note_record_id><p:author_name/>"
        f"<p:source_date>2026-01-01T00:00:00Z</p:source_date><p:text>{'x' * 1_000}</p:text></p:note>"
    )
    data = f"{ROOT.decode()}{PERSON.replace('</p:person>', note * 10 + '</p:person>')}</p:pfif>".encode()

    items = list(read(data, now=NOW, limits=Limits(kept=5_000)))

    assert 5 == sum(isinstance(item, Note) for item in items)
    assert 5 == sum(isinstance(item, Rejected) for item in items)


def test_memory_does_not_grow_with_the_file() -> None:
    class Many(io.RawIOBase):
        """Persons one after the other, as many as asked for, none of them ever kept."""

        def __init__(self, count: int) -> None:
            self._parts = self._made(count)

        @staticmethod
        def _made(count: int) -> Iterator[bytes]:
            yield ROOT
            for number in range(count):
                yield PERSON.replace("/1<", f"/{number}<").replace("{}", "王" * 200).encode() * 20
            yield b"</p:pfif>"

        def read(self, size: int = -1) -> bytes:
            return next(self._parts, b"")

    def peak(count: int) -> int:
        tracemalloc.start()
        assert count * 20 == sum(isinstance(item, Person) for item in read(Many(count), now=NOW))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(200) < 2 * peak(20)
