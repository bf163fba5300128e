"""A call as it was asked, and the request id under which it is answered only once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from casework.condition.literal import checked, to_plain
from casework.desk.engine import Engine
from casework.errors import InvalidValue, Refused
from casework.model.actor import Actor, is_identifier
from casework.model.case import Cause, MoveKind, Receipt
from casework.model.enclosure import SealedFile
from casework.model.refusal import Problem, Refusal
from casework.storage.sql.transaction import Transaction
from casework.text import Text

REQUEST_LIMIT = 256


@attrs.frozen(kw_only=True)
class Asked:
    """What one call asks for, before anything was read; *sealed_file* is made for it, and no part of what is asked."""

    kind: MoveKind
    trigger: str = ""
    form: Mapping[str, object] = attrs.field(factory=dict)
    request_id: str | None = None
    cause: Cause | None = None
    sealed_file: SealedFile | None = None


def digest(case_id: str, asked: Asked, subjects: Mapping[str, object] = MappingProxyType({})) -> bytes:
    """What identifies the content of a call, so that an id cannot be used for two."""
    return digests(asked, subjects)(case_id)


def digests(asked: Asked, subjects: Mapping[str, object] = MappingProxyType({})) -> Callable[[str], bytes]:
    """The same for calls that differ in nothing but the id of the case."""
    content: dict[str, Any] = {"kind": asked.kind, "trigger": asked.trigger, "form": _plain(asked.form)}
    if subjects:
        content["subjects"] = _plain(subjects)
    # What was asked may name anything, lone surrogates too; it is refused later, by the room that knows it.
    rest = json.dumps(content, sort_keys=True)[1:]
    # The keys are in order: "case" comes before all others.
    return lambda case_id: hashlib.sha256(f'{{"case": {json.dumps(case_id)}, {rest}'.encode()).digest()


def _plain(form: Mapping[str, object]) -> dict[str, Any]:
    """A form as plain content, so that the same form has one digest; what is no value stands as its type."""
    plain: dict[str, Any] = {}
    for name, value in form.items():
        try:
            plain[str(name)] = None if value is None else to_plain(checked(value, name))
        except InvalidValue:
            plain[str(name)] = {"no value": type(value).__name__}
    return plain


def opening_digest(case_type: str, form: Mapping[str, object], unit: str, subjects: Mapping[str, object]) -> bytes:
    """The digest of a request to open a case."""
    return digest(unit, Asked(kind="open", trigger=case_type, form=form), subjects)


def replayed(engine: Engine, transaction: Transaction, actor: Actor, request_id: str, content: bytes) -> Receipt | None:
    """The receipt of the same request, or None. Refused where the id was used for other content."""
    if not is_identifier(request_id, REQUEST_LIMIT):
        en = f"request_id takes a printable text of 1 to {REQUEST_LIMIT} characters"
        text = Text(en, f"请求编号须为1至{REQUEST_LIMIT}个可打印字符")
        raise Refused(Refusal("invalid-form", problems=(Problem("request_id", text),)))
    found = engine.store.requests.find(transaction, actor.tenant, actor.id, request_id)
    if found is None:
        return None
    if not found[0]:
        # What was asked is forgotten; that it was asked is not, or it would be carried out again.
        raise Refused(Refusal("erased", case_id=found[1].case_id))
    if not engine.store.requests.asked_for(transaction, actor.tenant, found[0], content):
        raise Refused(Refusal("request-reused"))
    return found[1]


def remember(
    engine: Engine, transaction: Transaction, actor: Actor, request_id: str, content: bytes, receipt: Receipt
) -> None:
    """Keep the receipt in the transaction that carried the request out."""
    engine.store.requests.insert(transaction, actor.tenant, actor.id, request_id, content, receipt)


def filled(form: object, values: Mapping[str, object]) -> Mapping[str, object]:
    """A form given as an attrs value, a mapping or keywords, as a mapping."""
    if form is None:
        return values
    if isinstance(form, Mapping):
        return {**form, **values}
    if not attrs.has(type(form)):
        raise TypeError(f"a form is an attrs value or a mapping, not {type(form).__name__}")
    told: Any = form
    return {**attrs.asdict(told, recurse=False), **values}
