"""Parts written in Python and declared: guards, effects, channels and calendars that a definition names, and ways in.

A part is a value. It sees one frozen view of the move and nothing of the store.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, TypeVar

import attrs

from casework.calendars import Calendar
from casework.condition.literal import Value
from casework.errors import InvalidValue
from casework.model.actor import Actor
from casework.model.command import Command
from casework.model.decision import Message
from casework.text import Text, as_text

V = TypeVar("V")


class Undeclared(Exception):
    """A part asked for what it did not declare; no LookupError, which a part may take for an unknown value."""


class Declared(Mapping[str, V]):
    """What is known of what a part declared. What is declared and unknown is absent; asking for anything else raises.

    *beyond* is the first name that was asked for and not declared, so that a part that catches the error has asked
    nonetheless.
    """

    __slots__ = ("_declared", "_known", "beyond")

    def __init__(self, known: Mapping[str, V], declared: Collection[str]) -> None:
        self._known, self._declared = known, declared
        self.beyond: str | None = None

    def __getitem__(self, name: str) -> V:
        if name not in self._known:
            self._hold(name)
        return self._known[name]

    def get(self, name: str, default: Any = None) -> Any:
        """What is known by that name, or *default*."""
        if name not in self._known:
            self._hold(name)
        return self._known.get(name, default)

    def __contains__(self, name: object) -> bool:
        if name in self._known:
            return True
        self._hold(name)
        return False

    def _hold(self, name: object) -> None:
        if name not in self._declared:
            self.beyond = self.beyond or str(name)
            raise Undeclared(f"{name!r} was not declared")

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __repr__(self) -> str:
        return repr(dict(self._known))


@attrs.frozen(kw_only=True)
class View:
    """What a guard or effect sees: read-only, of one case, one actor and one instant.

    *data* holds only the fields that the part declared to read, *balances* what is left in those accounts with
    limits that it declared to post; whoever asks them for another name has failed. *subjects* are the persons whom
    the case is about.
    """

    case_id: str
    case_type: str
    trigger: str
    unit: str
    now: datetime
    person: str
    roles: frozenset[str]
    states: Mapping[str, str]
    data: Mapping[str, Value]
    form: Mapping[str, Value]
    balances: Mapping[str, int] = MappingProxyType({})
    subjects: Mapping[str, str] = MappingProxyType({})


@attrs.frozen
class Guard:
    """A yes or no that the closed language cannot say. *because* is the claim that should hold."""

    name: str
    check: Callable[[View], bool]
    reads: tuple[str, ...] = ()
    because: Text = attrs.field(default=Text(), converter=as_text)


@attrs.frozen
class EffectPart:
    """A function from a view to commands, with everything that the commands may touch."""

    name: str
    run: Callable[[View], Iterable[Command]]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    assigns: tuple[str, ...] = ()


Delivery = Literal["at_least_once", "at_most_once"]


def _one_of_two(channel: Channel, _: object, value: object) -> None:
    if value not in ("at_least_once", "at_most_once"):
        where, right = f"the delivery of channel {channel.name!r}", "'at_least_once' or 'at_most_once'"
        raise InvalidValue(where, f"is {right}, not {value!r}", f"只能是 {right}，不能是 {value!r}")


Order = Literal["case", "channel", "none"]

PAUSES = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5)),
    *(timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24)),
)
"""How long to wait after each failure: ten attempts in three days, as Standard Webhooks recommends."""
LONGEST_PAUSE = timedelta(days=7)


def _positive(where: str) -> Callable[[Any, Any, Any], None]:
    def check(channel: Channel, _: object, value: timedelta | tuple[timedelta, ...]) -> None:
        given = value if isinstance(value, tuple) else (value,)
        if any(not timedelta(0) < item <= LONGEST_PAUSE for item in given):
            named = f"the {where} of channel {channel.name!r}"
            raise InvalidValue(named, "is more than nothing and at most seven days", "须大于零且不超过七天")

    return check


@attrs.frozen
class Channel:
    """A way out: *deliver* gets the message and a key that stays the same over retries.

    A message that failed is tried again after each of *pauses* in turn, and then is dead. It waits for earlier
    ones of its case: for all of them, for those of its *channel*, or for *none*, as *order* says. Whoever delivers
    one holds it for *lease*, which has to be longer than a delivery can take: then somebody else may try.
    """

    name: str
    deliver: Callable[[Message, str], None]
    delivery: Delivery = attrs.field(kw_only=True, validator=_one_of_two)
    order: Order = attrs.field(
        default="case", kw_only=True, validator=attrs.validators.in_(("case", "channel", "none"))
    )
    pauses: tuple[timedelta, ...] = attrs.field(
        default=PAUSES, kw_only=True, converter=tuple, validator=_positive("pauses")
    )
    lease: timedelta = attrs.field(default=timedelta(minutes=1), kw_only=True, validator=_positive("lease"))


@attrs.frozen(kw_only=True)
class Incoming:
    """A message that came in from *source*, verified: its id there, its *kind*, its data as plain JSON.

    *sent_at* is when it happened as the sender says, by which parked ones are tried again in order. The data are
    of whoever sent them: take them as one takes a form, field by field.
    """

    source: str
    id: str
    kind: str
    sent_at: datetime
    received_at: datetime
    data: Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Inbound:
    """A way in: messages of one source, and what is done with each kind of them, as *actor* and in its tenant.

    *check* gets headers, body and the present instant; it answers with the message's id, or raises Forged. *takes*
    has for each kind a function of a desk and an Incoming, which may run again where somebody was in its way.
    Ids are remembered for *keep*, which has to be longer than the sender goes on trying.
    """

    name: str
    check: Callable[[Mapping[str, str], bytes, datetime], str]
    takes: Mapping[str, Callable[[Any, Incoming], object]]
    actor: Actor
    keep: timedelta = timedelta(days=90)
    limit: int = 262_144


Part = Guard | EffectPart | Channel | Inbound | Calendar


def guard(name: str, *, reads: Iterable[str] = (), zh: str = "") -> Callable[[Callable[[View], bool]], Guard]:
    """Declare a guard; the first line of its docstring, and *zh* in Chinese, is what a refusal says should hold."""

    def declare(check: Callable[[View], bool]) -> Guard:
        return Guard(name, check, _names(reads), Text(_first_line(check), zh))

    return declare


def effect(
    name: str,
    *,
    reads: Iterable[str] = (),
    writes: Iterable[str] = (),
    posts: Iterable[str] = (),
    sends: Iterable[str] = (),
    opens: Iterable[str] = (),
    assigns: Iterable[str] = (),
) -> Callable[[Callable[[View], Iterable[Command]]], EffectPart]:
    """Declare an effect with the fields, accounts, channels, case types and roles it may touch."""

    def declare(run: Callable[[View], Iterable[Command]]) -> EffectPart:
        touched = (_names(group) for group in (reads, writes, posts, sends, opens, assigns))
        return EffectPart(name, run, *touched)

    return declare


def _names(names: Iterable[str]) -> tuple[str, ...]:
    # A text is iterable too: "age" is one name, not three.
    return (names,) if isinstance(names, str) else tuple(names)


def _first_line(function: Callable[..., object]) -> str:
    return (function.__doc__ or "").strip().partition("\n")[0]
