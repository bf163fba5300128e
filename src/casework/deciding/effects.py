"""Apply commands to a draft: each becomes a change of the working copy or a write to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from casework.condition.literal import Value, checked
from casework.deciding.choose import failed
from casework.deciding.draft import Draft, account_key
from casework.deciding.refuse import stop
from casework.errors import InvalidValue
from casework.model.assignment import Assignment
from casework.model.command import (
    Assign,
    Doer,
    Given,
    Held,
    Now,
    Open,
    Post,
    Recheck,
    Send,
    Set,
    Settle,
    Unit,
    Void,
)
from casework.model.decision import Message, Opening
from casework.model.outfit import Account
from casework.model.posting import Hold, Limit, Posting
from casework.text import Text


def carry(draft: Draft, command: object) -> None:
    """Apply one command to the draft."""
    _APPLY[type(command)](draft, command)


def value_of(draft: Draft, source: Any) -> Value | None:
    """The value that a reference in a command stands for; None where it is unknown."""
    match source:
        case Given(name):
            return draft.form.get(name)
        case Held(name):
            return draft.data.get(name)
        case Now():
            return draft.move.now
        case Doer():
            return draft.move.actor.person
        case Unit():
            return draft.before.unit
    value: Value | None = source
    return value


def _set(draft: Draft, command: Set) -> None:
    value = value_of(draft, command.value)
    field = draft.compiled.fields.get(command.field)
    if field is None:
        raise failed(draft, command.field, "there is no such field to set")
    if value is None:
        draft.data.pop(command.field, None)
    else:
        try:
            draft.data[command.field] = field.accept(value)
        except InvalidValue as error:
            raise stop(
                draft,
                "invalid-form",
                Text(str(error), f"{draft.compiled.titles('field', command.field, 'zh')}：{error.zh}"),
            ) from None
    if draft.balances:
        draft.weigh()


AMOUNT_LIMIT = 10**12
"""What one posting may move at most, so that no balance ever outgrows 64 bits."""


def _amount(draft: Draft, command: Post) -> int:
    amount = value_of(draft, command.amount)
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= AMOUNT_LIMIT:
        en = f"an amount is a whole number from 1 to {AMOUNT_LIMIT}, not {amount!r}"
        raise stop(draft, "invalid-form", Text(en, f"数量须为1至{AMOUNT_LIMIT}的整数，不能是{amount!r}"))
    return amount


def _post(draft: Draft, command: Post) -> None:
    debit, credit = (_account(draft, name) for name in (command.debit, command.credit))
    amount, keys = _amount(draft, command), (_key(draft, debit), _key(draft, credit))
    posting = Posting(*keys, debit.commodity, amount, command.hold)
    draft.postings.append(posting)
    move_amount(draft, debit, keys[0], -amount)
    if command.hold is None:
        move_amount(draft, credit, keys[1], amount)


def _account(draft: Draft, name: str) -> Account:
    account = draft.compiled.accounts.get(name)
    if account is None:
        raise failed(draft, name, "there is no such account")
    return account


def _key(draft: Draft, account: Account) -> str:
    key = account_key(account, draft.before, draft.data)
    if key is None:
        title = draft.compiled.titles.text("field", account.by or "")
        raise stop(
            draft,
            "unmet",
            Text(f"{title.en} has to be known first", f"须先填写{title.zh}"),
        )
    return key


def move_amount(draft: Draft, account: Account, key: str, change: int) -> None:
    """Add to what an account with limits has left; crossing a limit refuses."""
    if not account.limited:
        return
    moved = draft.limits[key].change if key in draft.limits else 0
    left = draft.before.balances.get(key, 0) + moved + change
    low, high = account.minimum, account.maximum
    if (low is not None and left < low and change < 0) or (high is not None and left > high and change > 0):
        title = draft.compiled.titles.text("account", account.name)
        text = Text(
            f"{title.en}: {left - change} left, {abs(change)} asked for",
            f"{title.zh}：余{left - change}，需要{abs(change)}",
        )
        if not draft.compiled.access.reads_account(account.name, draft.move.roles):
            text = Text(f"{title.en}: this would pass its limit", f"{title.zh}：将超出限额")
        raise stop(draft, "limit-reached", text)
    # An account may stand beyond a limit that was set later, or not yet have reached it. On its way back it is
    # held to where it has come to, so that the database's own constraint agrees with what was decided here.
    low, high = None if low is None else min(low, left), None if high is None else max(high, left)
    draft.limits[key] = Limit(key, moved + change, low, high)
    if draft.balances:
        draft.weigh()


def _settle(draft: Draft, command: Settle) -> None:
    for hold in _pending(draft, command.hold):
        draft.settled.append(hold)
        move_amount(draft, draft.compiled.accounts[hold.credit.partition("|")[0]], hold.credit, hold.amount)
    for place, posting in _fresh(draft, command.hold):
        draft.postings[place] = attrs.evolve(posting, hold=None)
        move_amount(draft, draft.compiled.accounts[posting.credit.partition("|")[0]], posting.credit, posting.amount)


def _void(draft: Draft, command: Void) -> None:
    for hold in _pending(draft, command.hold):
        draft.void.append(hold)
        move_amount(draft, draft.compiled.accounts[hold.debit.partition("|")[0]], hold.debit, hold.amount)
    for place, posting in reversed(_fresh(draft, command.hold)):
        del draft.postings[place]
        move_amount(draft, draft.compiled.accounts[posting.debit.partition("|")[0]], posting.debit, posting.amount)


def _pending(draft: Draft, name: str) -> list[Hold]:
    """What earlier firings reserved under the name and no step of this one has ended yet."""
    return [hold for hold in draft.before.holds if hold.name == name and hold not in (*draft.settled, *draft.void)]


def _fresh(draft: Draft, name: str) -> list[tuple[int, Posting]]:
    """What this very firing reserved under the name, with its place among the postings."""
    return [(place, posting) for place, posting in enumerate(draft.postings) if posting.hold == name]


def _send(draft: Draft, command: Send) -> None:
    body = tuple((name, value) for name, source in command.body if (value := value_of(draft, source)) is not None)
    draft.messages.append(Message(command.channel, str(value_of(draft, command.to) or ""), body))


def _open(draft: Draft, command: Open) -> None:
    values = tuple((name, value) for name, source in command.values if (value := value_of(draft, source)) is not None)
    unit = value_of(draft, command.unit)
    here = draft.before.unit if unit is None else str(unit)
    draft.openings.append(Opening(command.case_type, here, values, command.subjects))


def _assign(draft: Draft, command: Assign) -> None:
    person = value_of(draft, command.person)
    draft.assignments.append(Assignment(command.role, None if person is None else str(checked(person, "person"))))


def _recheck(draft: Draft, command: Recheck) -> None:
    draft.rechecks = True


_APPLY: Mapping[type, Callable[[Draft, Any], None]] = {
    Set: _set,
    Post: _post,
    Settle: _settle,
    Void: _void,
    Send: _send,
    Open: _open,
    Assign: _assign,
    Recheck: _recheck,
}
