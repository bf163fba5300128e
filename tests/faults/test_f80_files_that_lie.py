"""F80: a file whose name or type lies, or that carries programs, is refused; none is ever handed out as a page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from faults.town import CLERK, founded, guests
from files import HTML, JPEG, PDF, PNG, SVG, WEBP, ZIP
from oracle import refused

from casework import Actor, BlobDamaged, BlobFolder, BlobMemory, Casework, Refusal


def with_files(*, url: str | None = None) -> tuple[Casework, BlobMemory, str]:
    blobs = BlobMemory()
    app = founded(url, blobs=blobs)
    return app, blobs, guests(app, 1)[0].id


def no(content: bytes, name: str, media_type: str | None = None) -> Refusal:
    """How enclosing it is refused; nothing may be left, in the tables or among the blobs."""
    app, blobs, case = with_files()
    told = refused(app, lambda: app.desk(CLERK).enclose(case, content, name=name, media_type=media_type))
    assert [] == list(blobs.stored()), "it was stored before it was looked at"
    return told


PROGRAMS = {
    "svg": (SVG, "image/svg+xml"),
    "svg behind a declaration": (b'<?xml version="1.0"?>\n' + SVG, "image/svg+xml"),
    "svg called a picture": (SVG, "image/png"),
    "svg called text": (SVG, "text/plain"),
    "html": (HTML, "text/html"),
    "html called text": (HTML, "text/plain"),
    "html behind blanks and a mark of order": (b"\xef\xbb\xbf \r\n\t" + HTML, "text/plain"),
    "html in the middle of text": (b"dear all\n<script>alert(1)</script>", "text/plain"),
    "xml": (b"<note>water</note>", "text/plain"),
    "archive": (ZIP, "application/zip"),
    "office file": (ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "program": (b"MZ\x90\x00\x03\x00", "application/octet-stream"),
    "script in the other byte order": ("<script>alert(1)</script>".encode("utf-16"), "text/plain"),
    "gif": (b"GIF89a" + bytes(20), "image/gif"),
    "text with controls": (b"\x1b]0;owned\x07", "text/plain"),
}
POLYGLOTS = {
    "a page, then a document": (HTML + PDF, "application/pdf"),
    "a document with a page in its head": (PDF[:9] + HTML + PDF[9:], "application/pdf"),
    "a document behind a picture's head": (JPEG[:20] + PDF + JPEG[20:], "image/jpeg"),
    "a document called text": (b"see below\n" + PDF, "text/plain"),
    "a picture, then an archive": (JPEG + ZIP, "image/jpeg"),
    "a drawing, then an archive": (PNG + ZIP, "image/png"),
    "a document, then an archive": (PDF + ZIP, "application/pdf"),
    "a picture with a page in its remarks": (JPEG[:20] + HTML + JPEG[20:], "image/jpeg"),
    "a picture with a script behind its end": (WEBP + b"<script>", "image/webp"),
}
NAMES = {
    "a way up": "../../etc/cron.d/x.png",
    "a way up on Windows": "..\\x.png",
    "a root": "/x.png",
    "a drive": "C:x.png",
    "a stream": "x.png:y.png",
    "a page": "x.html",
    "a page behind a picture": "x.png.html",
    "no ending": "x",
    "an ending alone": ".png",
    "a hidden file": ".x.png",
    "an end that is cut off": "x.png. ",
    "a turn of direction": "x\u202egnp.exe.png",
    "an isolate": "\u2066x.png",
    "a mark of direction": "\u200fx.png",
    "a line break": "x\r\nSet-Cookie: a=b.png",
    "a quote": 'x".png',
    "NUL": "x\0.png",
    "an escape": "x\x1b[2J.png",
    "a lone surrogate": "x\udcff.png",
    "too long": "张" * 84 + ".png",
    "empty": "",
}


@pytest.mark.parametrize(("content", "claimed"), PROGRAMS.values(), ids=PROGRAMS)
def test_f80_what_can_carry_programs_is_refused(content: bytes, claimed: str) -> None:
    for media_type in (claimed, None):
        told = no(content, "x.txt", media_type)
        assert ("invalid-form", ["content"]) == (told.code, [problem.field for problem in told.problems])
        assert told.problems[0].text.zh


@pytest.mark.parametrize(("content", "claimed"), POLYGLOTS.values(), ids=POLYGLOTS)
def test_f80_a_file_that_is_two_things_is_refused(content: bytes, claimed: str) -> None:
    assert ["content"] == [problem.field for problem in no(content, "x.txt", claimed).problems]
    assert "invalid-form" == no(content, "x.txt").code


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_f80_a_name_that_lies_or_leads_away_is_refused(name: str) -> None:
    assert ["name"] == [problem.field for problem in no(PNG, name).problems]


def test_f80_everything_wrong_with_a_file_is_told_at_once() -> None:
    app, _, case = with_files()
    told = refused(app, lambda: app.desk(CLERK).enclose(case, PNG, name="../x", field_class="secret"))  # type: ignore[arg-type]

    assert {"name", "field_class"} == {problem.field for problem in told.problems}


def test_f80_no_name_that_somebody_chose_is_a_name_in_the_store(tmp_path: Path) -> None:
    app = founded(blobs=BlobFolder(tmp_path / "blobs"))
    case = guests(app, 1)[0]
    app.desk(CLERK).enclose(case, PNG, name="张三.png", field_class="open")
    names = [part for path in (tmp_path / "blobs").rglob("*") for part in path.relative_to(tmp_path).parts]

    assert names and all(name.isascii() and "png" not in name for name in names)
    files = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert [0o400] == [path.stat().st_mode & 0o777 for path in files]
    assert {0o700} == {path.stat().st_mode & 0o777 for path in (tmp_path / "blobs").rglob("*") if path.is_dir()}


@pytest.mark.parametrize("digest", ["../../etc/passwd", "A" * 64, "a" * 63, "", "a" * 64 + "\n"])
def test_f80_nothing_but_a_digest_becomes_a_path(tmp_path: Path, digest: str) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_text("root", encoding="utf-8")
    blobs = BlobFolder(tmp_path / "a" / "b")
    for use in (blobs.open, blobs.size, blobs.delete):
        with pytest.raises(BlobDamaged):
            use(digest)
    assert ["passwd"] == os.listdir(tmp_path / "etc")


def test_f80_a_file_is_handed_out_to_be_saved_and_never_to_be_shown() -> None:
    app, _, case = with_files()
    desk = app.desk(CLERK)
    desk.enclose(case, PNG, name="站前广场 “1”.png", field_class="open")
    with desk.read_enclosure(case, 2) as opened:
        told = opened.headers

    assert told["Content-Disposition"].startswith('attachment; filename="')
    assert ("nosniff", "image/png") == (told["X-Content-Type-Options"], told["Content-Type"])
    assert told["Content-Security-Policy"].startswith("sandbox")
    assert all(value.isascii() and value.isprintable() for value in told.values())


def test_f80_whoever_may_not_edit_leaves_no_blob() -> None:
    app, blobs, case = with_files()
    told = refused(app, lambda: app.desk(Actor("x", roles={"nobody"})).enclose(case, PNG, name="x.png"))

    assert ("not-found", []) == (told.code, list(blobs.stored()))
