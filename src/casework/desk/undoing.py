"""What may be undone, and what undoing needs of the log."""

from __future__ import annotations

from typing import Any

from casework.compiled import Compiled
from casework.desk.engine import Engine
from casework.errors import Refused
from casework.model.assignment import Assignment
from casework.model.case import Snapshot, Undo
from casework.model.posting import Posting
from casework.model.refusal import Refusal
from casework.storage.log import parsed
from casework.storage.sql.transaction import Transaction
from casework.text import Text


def undoing(engine: Engine, transaction: Transaction, compiled: Compiled, snapshot: Snapshot, number: object) -> Undo:
    """What a correction needs of the log: the case before entry *number*, and its postings.

    Refused where the entry opened the case, is not the latest that changed it, or has reached outside.
    """
    entries = engine.store.entries.of_case(transaction, snapshot.tenant, snapshot.id)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 < number <= len(entries):
        raise _not_undoable(snapshot.id, f"there is no entry {number} to undo", f"没有可撤销的第{number}条记录")
    later = [parsed(entry.body).content for entry in entries[number:]]
    if any(content.get("erases", {}).get("step") == "erased" for content in later):
        raise _not_undoable(snapshot.id, "its values were erased", "其内容已删除")
    if any(content["kind"] not in _APART for content in later):
        raise _not_undoable(snapshot.id, "later steps stand on it; undo those first", "其后已有其他步骤，请先撤销后者")
    content = parsed(entries[number - 1].body).content
    if content["kind"] not in ("fire", "amend", "timer", "recheck", "extend"):
        raise _not_undoable(snapshot.id, f"a {content['kind']} entry is not undone", "此类记录不可撤销")
    reached = [name for name in ("sends", "opens", "settled", "void") if name in content]
    if reached or any(post[4] for post in content.get("posts", ())):
        raise _not_undoable(snapshot.id, "it has already reached others", "其结果已发往他处")
    if entries[number - 1].values is None and "sealed" in content:
        raise _not_undoable(snapshot.id, "its values were erased", "其内容已删除")
    before = engine.history(transaction, compiled, snapshot.tenant, snapshot.id, number - 1)
    postings = tuple(Posting(p[0], p[1], p[2], p[3]) for p in content.get("posts", ()))
    return Undo(number, before, postings, _roles_before([parsed(entry.body).content for entry in entries], number))


_APART = ("note", "assign", "enclose", "withdraw", "erase", "break", "review")
"""Entries that leave states and fields as they are, so that an earlier one can be undone beneath them."""


def _roles_before(contents: list[dict[str, Any]], number: int) -> tuple[Assignment, ...]:
    """Who held each local role that the entry gave, unless somebody has given it anew since."""
    given = {role for role, _ in contents[number - 1].get("assigns", ())}
    given -= {role for content in contents[number:] for role, _ in content.get("assigns", ())}
    held = {role: person for content in contents[: number - 1] for role, person in content.get("assigns", ())}
    return tuple(Assignment(role, held.get(role)) for role in sorted(given))


def _not_undoable(case_id: str, en: str, zh: str) -> Refused:
    return Refused(Refusal("not-undoable", case_id=case_id, text=Text(en, zh)))
