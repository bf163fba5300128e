"""How long what is personal is kept after a case was closed, and what may be erased with whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal, get_args

import attrs

from casework.errors import InvalidValue
from casework.model.names import told
from casework.text import Text

Shared = Literal["refuse", "first", "each"]
SHARED: tuple[Shared, ...] = get_args(Shared)

_SHARED_TEXTS: dict[Shared, Text] = {
    "refuse": Text(
        "where it is about several, only once erasing was asked for of all of them",
        "涉及多名当事人的，须对全部当事人均已提出清除",
    ),
    "first": Text("where it is about several, with the first of them", "涉及多名当事人的，随首位当事人一并清除"),
    "each": Text("where it is about several, with any of them", "涉及多名当事人的，随其中任何一名一并清除"),
}


def _after(_: object, __: object, value: Any) -> None:
    if value is not None and not isinstance(value, timedelta):
        raise InvalidValue("Retention.after", f"takes a duration such as days(730), not {told(value)}")
    if value is not None and value.microseconds:
        raise InvalidValue("Retention.after", f"takes whole seconds, not {value}")


def _shared(_: object, __: object, value: object) -> None:
    if value not in SHARED:
        raise InvalidValue("Retention.shared", f"takes one of {', '.join(SHARED)}, not {told(value)}")


@attrs.frozen(kw_only=True)
class Retention:
    """When and with whom the values of a case go that are not open.

    *after* is how long they are kept once the case was closed: then the system asks for their erasure, which somebody
    who may erase confirms; None asks for nothing. *while_open* allows erasing before the case was closed. *shared*
    says what of a case about several subjects: ``refuse`` until all of them are asked for, with the ``first``, or
    with ``each``.
    """

    after: timedelta | None = attrs.field(default=None, validator=_after)
    while_open: bool = False
    shared: Shared = attrs.field(default="refuse", validator=_shared)

    @property
    def text(self) -> Text:
        """The rule as a sentence."""
        if self.after is None:
            en, zh = "what is personal is kept until erasing is asked for", "个人信息保存至有人提出清除"
        else:
            count = self.after.days
            en = f"{count} days after the case was closed erasing what is personal is asked for"
            zh = f"结案{count}日后提出清除个人信息"
        if self.while_open:
            en, zh = f"{en}; it may be erased while the case is open", f"{zh}；未结案时亦可清除"
        more = _SHARED_TEXTS[self.shared]
        return Text(f"{en}; {more.en}", f"{zh}；{more.zh}")


NO_RETENTION = Retention()
"""What holds where a case type says nothing."""
