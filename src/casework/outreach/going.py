"""Going out: who is put on the roster, who is met, and which rescue case came of it. What takes more than one case."""

from __future__ import annotations

from casework import Case, Desk, InvalidValue, SetupError
from casework.outreach.accounts import MEMBER, PATROL, PERSON

_ROSTERED = ("proposed", "planned", "out")
_OUT = ("out", "back")


def put_on_roster(
    desk: Desk, patrol: Case, login: str, /, *, duty: str, minor: bool, request_id: str | None = None
) -> Case:
    """Open the turn of the person who signs in as *login* on *patrol*.

    *duty* is ``leader``, ``worker``, ``medic``, ``driver`` or ``volunteer``. Raises InvalidValue for a patrol that is
    over, Refused as ``open`` does.
    """
    if patrol.case_type != "patrol" or patrol.state not in _ROSTERED:
        raise InvalidValue("patrol", "takes a patrol that is not back yet", "须为尚未返回的巡查")
    return desk.open(
        "patrol_turn",
        request_id=request_id,
        unit=patrol.unit,
        subjects={MEMBER: login, PATROL: patrol.subjects[PATROL]},
        login=login,
        patrol_id=patrol.id,
        duty=duty,
        minor=minor,
        **{name: patrol.data[name] for name in ("route", "starts_at", "ends_at")},
    )


def meet(
    desk: Desk, patrol: Case, /, *, again: Case | None = None, request_id: str | None = None, **values: object
) -> Case:
    """Open a contact with one person on *patrol*: what is handed out comes from its kit.

    *again* is an earlier contact with the same person, who stays the same person; if it is still open it ends as "met
    again", in one transaction with this one. *values* are the fields of a contact, of which ``found_at``,
    ``found_by``, ``looks_minor`` and ``needs_doctor`` are asked for; ``met_when`` where it is written down later.

    Raises InvalidValue for a patrol that has not set out or is reported, Refused as ``open`` and ``fire`` do.
    """
    if patrol.case_type != "patrol" or patrol.state not in _OUT:
        raise InvalidValue(
            "patrol", "takes a patrol that is out, or back and not yet reported", "须为已出发且未归档的巡查"
        )
    if again is not None and again.case_type != "contact":
        raise InvalidValue("again", "takes an earlier contact", "须为此前的街面接触")

    def opened(within: Desk) -> Case:
        about = {PATROL: patrol.subjects[PATROL]}
        told = {**values, "patrol_id": patrol.id}
        if again is not None:
            about[PERSON] = again.subjects[PERSON]
            told["met_before"] = again.id
            if not again.closed:
                within.fire(again, "meet_again", request_id=None if request_id is None else f"{request_id}/again")
        return within.open("contact", told, request_id=request_id, unit=patrol.unit, subjects=about)

    return opened(desk) if again is None else desk.within(opened)


def rescue_case_of(desk: Desk, contact: Case | str, /) -> str | None:
    """The id of the rescue case that came of a contact; None where it did not come to that.

    Its ``parent`` is the contact. Raises SetupError where contacts are not bound to rescue cases at all.
    """
    case = desk.get(contact)
    if "intake" not in case.states:
        raise SetupError(
            "contacts do not become rescue cases here; load the plugins casework.rescue and casework.outreach.rescue, "
            "and adopt the contacts that are open"
        )
    opened = (named for entry in desk.history(case) for named in entry.opened)
    return next((case_id for case_type, case_id, _ in opened if case_type == "rescue"), None)


def earlier(desk: Desk, contact: Case, /) -> tuple[Case, ...]:
    """The contacts with the same person before this one, the latest first, as far as the actor may see them."""
    found: list[Case] = []
    before = contact.data.get("met_before")
    while isinstance(before, str) and all(before != case.id for case in (contact, *found)):
        found.append(desk.get(before))
        before = found[-1].data.get("met_before")
    return tuple(found)
