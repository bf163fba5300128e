"""Verify the log of a casework store without casework: python verify_casework.py STORE --key VKEY [CHECKPOINTS…]

STORE is a file of SQLite, or what `casework log export` wrote; CHECKPOINTS are files or folders of signed notes.
It needs Python alone, shares no line with casework, and ends with 0 where all adds up, with 1 where not."""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

TABLES = """CREATE TABLE line (kind, a, b, c, d, e); CREATE INDEX place ON line (kind, a, b, c);
    CREATE VIEW casework_case AS SELECT a tenant, b id, c revision, d head FROM line WHERE kind = 'case';
    CREATE VIEW casework_entry AS SELECT a tenant, b case_id, c number, d body, e hash FROM line WHERE kind = 'entry';
    CREATE VIEW casework_leaf AS SELECT a tenant, b case_id, c number, d position, e hash FROM line WHERE kind = 'leaf';
    CREATE VIEW casework_unlogged AS SELECT rowid, a tenant, b case_id, c number FROM line WHERE kind = 'unlogged';
    CREATE VIEW casework_checkpoint AS SELECT a origin, b size, c note FROM line WHERE kind = 'checkpoint';
    CREATE VIEW casework_loss AS SELECT a position, b note FROM line WHERE kind = 'loss'"""
ACCOUNTS = {
    "the leaf is not the entry": """SELECT tenant, case_id, number FROM casework_leaf AS leaf
        LEFT JOIN casework_entry AS entry USING (tenant, case_id, number)
        WHERE entry.hash IS NOT leaf.hash AND (tenant, case_id) <> ('', '') ORDER BY position""",
    "the entry is neither in the log nor on its way": """SELECT tenant, case_id, number FROM casework_entry
        LEFT JOIN casework_leaf AS leaf USING (tenant, case_id, number) NATURAL LEFT JOIN casework_unlogged AS queue
        WHERE leaf.position IS NULL AND queue.rowid IS NULL""",
    "an entry on its way into the log is gone": """SELECT tenant, case_id, number FROM casework_unlogged
        LEFT JOIN casework_entry AS entry USING (tenant, case_id, number) WHERE entry.hash IS NULL""",
}
LOSS = "casework accepts a loss\n"
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
Fault = tuple[str, str, int, str]
Point = tuple[int, int, int, int]


def opened(path: Path) -> sqlite3.Connection:
    """The store, or an export of one as a store in memory."""
    with path.open("rb") as file:
        if file.read(16) == b"SQLite format 3\0":
            return sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    (store := sqlite3.connect(":memory:")).executescript(TABLES)
    with path.open(encoding="utf-8") as lines:
        for kind, *values in map(json.loads, lines):
            row = [base64.b64decode(value[0]) if isinstance(value, list) else value for value in values]
            store.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?)", [kind, *row, *[None] * 5][:6])
    return store


def parts(body: bytes) -> list[bytes]:
    """The parts of an entry's bytes, each behind its length of four bytes; none where they are not whole."""
    found, at = [], 1
    while at < len(body):
        size = int.from_bytes(body[at : at + 4], "big")
        found.append(body[at + 4 : at + 4 + size])
        at += 4 + size
    return found if body[:1] == b"\0" and at == len(body) and len(found) == 8 else []


def chains(store: sqlite3.Connection) -> Iterator[Fault]:
    """The first entry of each case that does not follow on the one before it, and cases that say otherwise."""
    ends: dict[tuple[str, str], tuple[int, bytes]] = {}
    broken: set[tuple[str, str]] = set()
    sql = "SELECT tenant, case_id, number, iif(typeof(body)='blob', body, x''), hash FROM casework_entry ORDER BY 1,2,3"
    for tenant, case, number, body, digest in store.execute(sql):
        last, before = ends.get((tenant, case), (0, bytes(32)))
        place, said = last + 1, parts(body)
        wanted = [tenant.encode(), case.encode(), place.to_bytes(8, "big"), before]
        whole = number == place and hashlib.sha256(body).digest() == digest
        if (tenant, case) not in broken and (not whole or [*said[2:5], *said[6:7]] != wanted):
            broken.add((tenant, case))
            yield tenant, case, place, "the chain of the case is broken"
        ends[tenant, case] = (place, digest)
    for tenant, case, revision, head in store.execute("SELECT tenant, id, revision, head FROM casework_case"):
        last, digest = ends.pop((tenant, case), (0, b""))
        if (tenant, case) not in broken and (last, digest) != (revision, head):
            place = revision if last == revision else min(last, revision) + 1
            yield tenant, case, place, f"the case is at revision {revision}, its log is not"
    yield from ((tenant, case, 1, "entries of no case") for tenant, case in ends if (tenant, case) not in broken)


def roots(leaves: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root of the tree of RFC 6962 over the first leaves, for each of some sizes."""
    found, stack = {0: hashlib.sha256(b"").digest()}, list[bytes]()
    for place, leaf in enumerate(leaves, 1):
        stack.append(leaf)
        for _ in range((place & -place).bit_length() - 1):  # two full subtrees of one height are one of the next
            stack[-2:] = [hashlib.sha256(b"\1" + b"".join(stack[-2:])).digest()]
        if place in sizes:
            found[place] = stack[-1]
            for left in stack[-2::-1]:
                found[place] = hashlib.sha256(b"\1" + left + found[place]).digest()
    return found


def notes(places: list[Path]) -> Iterator[str]:
    """The signed notes of files and folders; a note is a text, an empty line, lines of signatures."""
    for file in (file for place in places for file in ([place] if place.is_file() else place.glob("*.notes"))):
        text = file.read_bytes().decode(errors="replace")
        yield from re.findall(r"((?:[^\n]+\n)+\n(?:— [^\n]+\n)+)(?:\n|\Z)", text)


def added(one: Point, other: Point) -> Point:
    """The sum of two points of the curve of Ed25519 (RFC 8032 §5.1.4)."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * one[3] * other[3] * CURVE, 2 * one[2] * other[2]
    e, f, g, h = (b - a) % PRIME, (d - c) % PRIME, (d + c) % PRIME, (b + a) % PRIME
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def multiplied(factor: int, point: Point) -> Point:
    """A multiple of a point."""
    rest = multiplied(factor >> 1, added(point, point)) if factor else (0, 1, 1, 0)
    return added(rest, point) if factor & 1 else rest


def point(raw: bytes) -> Point:
    """The point that 32 bytes stand for (RFC 8032 §5.1.3); ValueError where they stand for none."""
    y, sign = int.from_bytes(raw, "little") & 2**255 - 1, raw[31] >> 7
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if (x * x - square) % PRIME == 0 else x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if y >= PRIME or (x * x - square) % PRIME or (x == 0 and sign):
        raise ValueError("no point of the curve")
    return (x := x if x & 1 == sign else PRIME - x), y, 1, x * y % PRIME


def signed(note: str, name: str, public: bytes) -> bool:
    """Whether the key signed the text of a note: Ed25519 as C2SP signed-note has it (type 0x01)."""
    (text, _, lines), base = note.rpartition("\n\n"), point((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))
    key_id, said = hashlib.sha256(name.encode() + b"\n\1" + public).digest()[:4], f"{text}\n".encode()
    try:
        told = [(by, base64.b64decode(raw, validate=True)) for _, by, raw in map(str.split, lines.splitlines())]
        raw = next(raw for by, raw in told if by == name and raw[:4] == key_id and len(raw) == 68)
        scalar, hashed = int.from_bytes(raw[36:], "little"), hashlib.sha512(raw[4:36] + public + said).digest()
        left = multiplied(int.from_bytes(hashed, "little") % ORDER, point(public))
        (a, b, c, _), (d, e, f, _) = added(point(raw[4:36]), left), multiplied(scalar, base)
        return scalar < ORDER and (a * f - d * c) % PRIME == (b * f - e * c) % PRIME == 0
    except (ValueError, StopIteration):
        return False


def log(store: sqlite3.Connection, places: list[Path], vkey: str) -> Iterator[Fault]:
    """The tree against every checkpoint: those outside, those of the store, and the losses that were accepted."""
    name, _, raw = vkey.split("+", 2)
    public, nowhere, asked = base64.b64decode(raw)[1:], ("", "", 0), store.execute
    rows = asked("SELECT position, hash, tenant, case_id, number FROM casework_leaf ORDER BY position").fetchall()
    if [row[0] for row in rows] != list(range(len(rows))):
        yield *nowhere, "the leaves are not numbered one by one"
        return
    queue = "SELECT hash FROM casework_unlogged NATURAL JOIN casework_entry ORDER BY casework_unlogged.rowid"
    kept = asked("SELECT note, origin, size FROM casework_checkpoint ORDER BY size").fetchall()
    own = [note for note, *row in kept if note.split("\n")[:2] == list(map(str, row))]
    yield from [(*nowhere, "a checkpoint in the store is another one than its row says")] * (len(kept) - len(own))
    losses, outside = dict(asked("SELECT position, note FROM casework_loss")), set(notes(places))
    good = {note for note in {*outside, *own[-1:], *losses.values()} if signed(note, name, public)}
    yield from ((*nowhere, "a note that the key did not sign") for note in {*outside, *own[-1:]} - good)
    yield from [(*nowhere, "no checkpoint of the log is kept there")] * bool(places and rows and not outside)
    for place in sorted({row[0] for row in rows if row[2:4] == ("", "")} | set(losses)):
        text = losses.get(place, "").rpartition("\n\n")[0]
        leaf = hashlib.sha256(f"\0{text}\n".encode()).digest()
        if losses.get(place) not in good or [row[1] for row in rows if row[0] == place] != [leaf]:
            yield *nowhere, f"leaf {place} is no entry, and no loss that was accepted"
    told = [dict(line.partition(" ")[::2] for line in note.splitlines()) for note in good if note.startswith(LOSS)]
    gone = [(one["origin"], int(one["kept"].split()[0]), int(one["had"].split()[0])) for one in told]
    heads = [note.split("\n")[:3] for note in [*own, *good] if not note.startswith(LOSS)]
    heads = [h for h in heads if not any(h[0] == o and kept < int(h[1]) <= had for o, kept, had in gone)]
    would = [row[1] for row in rows] + [row[0] for row in asked(queue)]
    found, agreed = roots(would, {int(size) for _, size, _ in heads}), 0
    for _, size, root in sorted(heads, key=lambda head: int(head[1])):
        if base64.b64encode(found.get(int(size), b"")).decode() != root:
            problem = f"of the leaves {agreed} to {int(size) - 1} not all are those that were signed"
            yield *(rows[agreed][2:] if agreed < len(rows) else nowhere), problem
            break
        agreed = int(size)
    if len(rows) != max((int(note.split("\n")[1]) for note in own), default=0):
        yield *nowhere, "the last checkpoint in the store is not as large as its log"


def faults(store: sqlite3.Connection, places: list[Path], vkey: str) -> Iterator[Fault]:
    """Everything that does not add up."""
    accounts = ((*row, problem) for problem, asked in ACCOUNTS.items() for row in store.execute(asked))
    yield from (*chains(store), *accounts, *log(store, places, vkey))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="*")
    parser.add_argument("--key", required=True, help="the public key of the log: name+id+base64")
    given = parser.parse_args()
    for tenant, case, entry, problem in (found := list(faults(opened(given.store), given.checkpoints, given.key))):
        sys.stdout.write(f"{tenant}/{case} {entry}: {problem}\n" if case else f"{problem}\n")
    sys.stdout.write(f"{len(found)} faults\n" if found else "everything adds up\n")
    sys.exit(1 if found else 0)
