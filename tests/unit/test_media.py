"""What a file is, told from its content; how its name is kept and told in a header."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from email.message import Message
from urllib.parse import unquote

import pytest
from files import HTML, JPEG, PDF, PNG, SVG, WEBP, ZIP
from hypothesis import given
from hypothesis import strategies as st

from casework import BlobDamaged, EnclosureLimits, InvalidValue
from casework.blobs.checked import given_out, taken_in
from casework.blobs.limits import DEFAULT_MEDIA
from casework.blobs.media import MEDIA, objection, sniffed
from casework.blobs.names import file_name, headers

KINDS = {
    "image/jpeg": JPEG,
    "image/png": PNG,
    "image/webp": WEBP,
    "application/pdf": PDF,
    "text/plain": "救助".encode(),
}


@pytest.mark.parametrize(("media_type", "content"), KINDS.items(), ids=KINDS)
def test_a_file_is_what_its_content_says(media_type: str, content: bytes) -> None:
    assert media_type == sniffed(content)
    assert objection(content, media_type, DEFAULT_MEDIA) is None
    assert objection(content, None, DEFAULT_MEDIA) is None


@pytest.mark.parametrize("claimed", KINDS)
def test_a_claim_that_the_content_contradicts_is_told_with_both(claimed: str) -> None:
    for media_type, content in KINDS.items():
        told = objection(content, claimed, DEFAULT_MEDIA)
        assert (told is None) == (claimed == media_type)
        assert told is None or ({claimed, media_type} <= set(told.en.replace(",", "").split()) and told.zh)


@pytest.mark.parametrize("content", [PNG[:-3], PNG + b"\0", WEBP[:-1], WEBP + b"\0", JPEG[:-2], PDF[:-8]])
def test_a_file_that_is_cut_short_or_goes_on_is_refused(content: bytes) -> None:
    told = objection(content, None, DEFAULT_MEDIA)

    assert told is not None and "not whole" in told.en and "不完整" in told.zh


def test_a_kind_has_to_be_asked_for_and_known() -> None:
    table = "日期,人数\n2026-03-01,3\n".encode()

    assert objection(table, "text/csv", DEFAULT_MEDIA) is not None
    assert objection(table, "text/csv", ("text/csv",)) is None
    assert objection(PNG, None, ("application/pdf",)) is not None
    with pytest.raises(InvalidValue, match=r"image/svg\+xml"):
        EnclosureLimits(media_types=["image/svg+xml"])


@pytest.mark.parametrize(
    "limits", [{"size": 0}, {"size": True}, {"case_count": -1}, {"case_size": 1.5}, {"media_types": []}]
)
def test_limits_that_allow_nothing_are_told_at_once(limits: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        EnclosureLimits(**limits)  # type: ignore[arg-type]


@given(st.binary(max_size=300))
def test_whatever_is_taken_is_of_a_kind_that_is_allowed(content: bytes) -> None:
    if objection(content, None, DEFAULT_MEDIA) is None:
        assert sniffed(content) in DEFAULT_MEDIA


@given(st.sampled_from([HTML, SVG, PDF, ZIP]), st.binary(max_size=60), st.binary(max_size=60))
def test_nothing_that_is_two_things_is_taken(inner: bytes, before: bytes, after: bytes) -> None:
    content = JPEG[:20] + before + inner + after + b"\xff\xd9"

    assert objection(content, None, DEFAULT_MEDIA) is not None


def test_a_name_is_kept_in_one_form_of_unicode() -> None:
    assert "é.txt" == file_name(unicodedata.normalize("NFD", "é.txt"), "text/plain")
    assert "张三 身份证.JPG" == file_name("张三 身份证.JPG", "image/jpeg")
    assert "𠮷\U00031350.pdf" == file_name("𠮷\U00031350.pdf", "application/pdf"), "rare characters are names too"


@given(st.text(max_size=90).map(lambda stem: f"{stem}.pdf"))
def test_every_name_that_is_taken_is_told_whole_and_safely(stem: str) -> None:
    name = _taken(stem)
    if name is None:
        return
    told = headers(name, "application/pdf", 3)["Content-Disposition"]

    assert told.isascii() and told.isprintable()
    assert name == unquote(told.partition("filename*=UTF-8''")[2])
    message = Message()
    message["Content-Disposition"] = told.partition("; filename*=")[0]
    plain = message.get_filename()
    assert plain is not None and len(plain) == len(name) and plain.endswith(name[-4:])
    assert not set(plain) & set('/\\"%;\r\n')


def _taken(name: str) -> str | None:
    try:
        return file_name(name, "application/pdf")
    except InvalidValue:
        return None


def test_headers_have_a_browser_save_and_never_show() -> None:
    told = headers("a.txt", "text/plain", 12)

    assert told["Content-Disposition"].startswith("attachment;")
    assert ("nosniff", "12") == (told["X-Content-Type-Options"], told["Content-Length"])
    assert "sandbox" in told["Content-Security-Policy"] and "no-store" in told["Cache-Control"]
    assert "text/plain; charset=utf-8" == told["Content-Type"]


def test_every_kind_has_an_ending_of_its_own() -> None:
    endings = [ending for medium in MEDIA.values() for ending in medium.endings]

    assert sorted(set(endings)) == sorted(endings)


def test_no_more_is_read_than_may_be() -> None:
    class Endless:
        read_so_far = 0

        def read(self, count: int) -> bytes:
            self.read_so_far += count
            return bytes(count)

    stream = Endless()
    with pytest.raises(InvalidValue, match="at most 1,000 bytes"):
        taken_in(stream, 1_000)  # type: ignore[arg-type]
    assert 1_001 == stream.read_so_far


def test_text_is_no_content() -> None:
    class Lines:
        def read(self, count: int) -> str:
            return "x"

    with pytest.raises(InvalidValue, match="stream of bytes"):
        taken_in(Lines(), 10)  # type: ignore[arg-type]


def test_given_out_is_a_generator_that_holds_the_last_piece_back() -> None:
    content = bytes(200_000)
    pieces = given_out(io.BytesIO(content[:-1] + b"x"), hashlib.sha256(content).hexdigest(), len(content))

    received: list[bytes] = []
    with pytest.raises(BlobDamaged):
        received.extend(pieces)
    assert 0 < len(b"".join(received)) < len(content)
