"""The subject of a case and the person whom its fields name are one and the same: nobody's minutes are another's."""

from __future__ import annotations

from casework import Guard, Part, Text, View
from casework.volunteering.accounts import VOLUNTEER

_BECAUSE = Text(
    "the account is that of the very person whom the case names", "账户须属于案件所载本人，不得使用他人账户"
)


def _own(name: str, field: str, *, filled_in: bool = False) -> Guard:
    def check(view: View) -> bool:
        named = view.form if filled_in else view.data
        return named.get(field) == view.subjects.get(VOLUNTEER)

    return Guard(name, check, () if filled_in else (field,), _BECAUSE)


own_file = _own("own_file", "login", filled_in=True)
own_service = _own("own_service", "volunteer")
own_request = _own("own_request", "asker_is")

IDENTITY_PARTS: tuple[Part, ...] = (own_file, own_service, own_request)
