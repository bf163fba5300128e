"""The subjects of a case and those whom its fields name are one and the same: nobody's minutes are another's."""

from __future__ import annotations

from casework import Guard, Part, Text, View, guard
from casework.volunteering.accounts import TASK, VOLUNTEER

_BECAUSE = Text(
    "the account is that of the very person whom the case names", "账户须属于案件所载本人，不得使用他人账户"
)


def _own(name: str, field: str, *, filled_in: bool = False) -> Guard:
    def check(view: View) -> bool:
        named = view.form if filled_in else view.data
        return named.get(field) == view.subjects.get(VOLUNTEER)

    return Guard(name, check, () if filled_in else (field,), _BECAUSE)


own_file = _own("volunteering.own_file", "login", filled_in=True)


@guard(
    "volunteering.own_service",
    reads=("volunteer", "task"),
    zh="账户须属于案件所载本人，名额须属于案件所载任务",
)
def own_service(view: View) -> bool:
    """the account is that of the very person whom the case names, and the place one of the task that it names"""
    return view.data.get("volunteer") == view.subjects.get(VOLUNTEER) and view.data.get("task") == view.subjects.get(
        TASK
    )


own_request = _own("volunteering.own_request", "asker_is")

IDENTITY_PARTS: tuple[Part, ...] = (own_file, own_service, own_request)
