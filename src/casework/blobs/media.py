"""What a file really is, told from its content: a few kinds that carry no programs, and nothing beside them.

The name and the claim of whoever sends a file count for nothing but to be contradicted. A file that is
two things at once is refused, for another program may take it for the other one (F80).
"""

from __future__ import annotations

import io
import re

import attrs

from casework.text import Text


@attrs.frozen
class Medium:
    """One kind of file, with the endings that its name may have."""

    title: Text
    endings: tuple[str, ...]


MEDIA: dict[str, Medium] = {
    "image/jpeg": Medium(Text("JPEG"), (".jpg", ".jpeg", ".jpe", ".jfif")),
    "image/png": Medium(Text("PNG"), (".png",)),
    "image/webp": Medium(Text("WebP"), (".webp",)),
    "application/pdf": Medium(Text("PDF"), (".pdf",)),
    "text/plain": Medium(Text("plain text", "纯文本"), (".txt",)),
    "text/csv": Medium(Text("CSV"), (".csv",)),
}
"""Every kind that can be told, by its media type."""

_TEXT = ("text/plain", "text/csv")
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x00IEND\xaeB`\x82"
_PDF = b"%PDF-"
_READERS_LOOK = 1024
"""Readers of PDF accept its first line anywhere in so many bytes, so that it may stand there in no other kind."""
_BROWSERS_LOOK = 4096
_PROGRAMS = re.compile(rb"<\s*(?:!doctype|html|head|body|script|iframe|svg|style|object|embed|meta)\b", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def titles(media_types: tuple[str, ...]) -> Text:
    """Several kinds in words."""
    found = [MEDIA[name].title for name in media_types]
    return Text(", ".join(title.in_("en") for title in found), "、".join(title.in_("zh") for title in found))


def sniffed(content: bytes) -> str | None:
    """The media type that the content is of; None where it is of none that is known."""
    if content.startswith(_PDF):
        return "application/pdf"
    if content.startswith(_PNG):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "text/plain" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        return not _CONTROLS.search(content.decode())
    except UnicodeDecodeError:
        return False


def objection(content: bytes, media_type: str | None, allowed: tuple[str, ...]) -> Text | None:
    """Why a file of that claimed type is not taken, in words; None where it is. Without a claim the content tells."""
    if not content:
        return Text("the file is empty", "文件为空")
    found = sniffed(content)
    if found is None or _markup(content):
        return _unknown(content, allowed)
    if media_type is not None and media_type != found and not (found == "text/plain" and media_type in _TEXT):
        return Text(f"it is called {media_type}, but its content is {found}", f"声明为{media_type}，内容却是{found}")
    if (media_type or found) not in allowed:
        return _unknown(content, allowed)
    return _second_nature(content, found) or _broken(content, found)


def _markup(content: bytes) -> bool:
    """Whether a browser could take the beginning for a page or a drawing."""
    head = content[:_BROWSERS_LOOK]
    return bool(_PROGRAMS.search(head)) or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _unknown(content: bytes, allowed: tuple[str, ...]) -> Text:
    kinds, found = titles(allowed), sniffed(content)
    what = Text("something else", "其他文件")
    if _markup(content):
        what = Text("a page or a drawing that can carry programs", "可携带程序的网页或矢量图")
    elif content.startswith(b"PK"):
        what = Text("an archive, as office files are, that can hide other files", "可夹带其他文件的压缩包或办公文档")
    elif found is not None:
        what = titles((found,))
    return Text(
        f"takes {kinds.en}; by its content this is {what.en}", f"只接受{kinds.zh}；按内容判断，此文件是{what.zh}"
    )


def _second_nature(content: bytes, found: str) -> Text | None:
    """A file that something else could be read from as well."""
    if found != "application/pdf" and _PDF in content[:_READERS_LOOK]:
        return Text("it is a PDF as well; send the one or the other", "它同时又是PDF；请只提交其一")
    import zipfile

    if zipfile.is_zipfile(io.BytesIO(content)):
        return Text("there is an archive behind its end", "其末尾附有压缩包")
    return None


def _broken(content: bytes, found: str) -> Text | None:
    """A file that is cut short, or goes on behind its end."""
    whole = {
        "image/jpeg": b"\xff\xd9" in content,
        "image/png": content.endswith(_PNG_END) and content[12:16] == b"IHDR",
        "image/webp": _riff_length(content) == len(content) and content[12:15] == b"VP8",
        "application/pdf": b"%%EOF" in content[-_READERS_LOOK:],
    }
    if whole.get(found, True):
        return None
    name = MEDIA[found].title.en
    return Text(f"this {name} is not whole, or goes on behind its end", f"该{name}文件不完整，或末尾另有内容")


def _riff_length(content: bytes) -> int:
    size = int.from_bytes(content[4:8], "little")
    return 8 + size + size % 2
