"""What the second interpreter says of accounts: amounts that move, are reserved, and never cross a limit."""

from __future__ import annotations

from typing import Any

from casework.model.casetype import CaseType
from casework.model.outfit import Account
from casework.testing.reference.forms import No
from casework.testing.reference.terms import Case

Key = tuple[str, str, str]
"""Account, owner, kind."""

MOST = 10**12


class Ledger:
    """What every account holds, those without limits among them."""

    def __init__(self, amounts: dict[Key, int] | None = None) -> None:
        self.amounts = amounts or {}

    def copy(self) -> Ledger:
        """The same amounts, to go back to."""
        return Ledger(dict(self.amounts))

    def post(self, case_type: CaseType, case: Case, ends: tuple[str, str], amount: Any, hold: str | None) -> None:
        """Move an amount from the first account to the second; with *hold* only take it from the first."""
        debit, credit = (account(case_type, name) for name in ends)
        if type(amount) is not int or not 1 <= amount <= MOST:
            raise No("invalid-form")
        keys = key(case, debit), key(case, credit)
        if keys[0] is None or keys[1] is None:
            raise No("unmet")
        self.move(debit, keys[0], -amount)
        if hold is None:
            self.move(credit, keys[1], amount)
        else:
            case["holds"].append((hold, keys[0], keys[1], amount))

    def settle(self, case_type: CaseType, case: Case, hold: str) -> None:
        """Give what was reserved to whom it was meant for."""
        for _, _, to, amount in _taken(case, hold):
            self.move(account(case_type, to[0]), to, amount)

    def void(self, case_type: CaseType, case: Case, hold: str) -> None:
        """Give what was reserved back."""
        for _, back, _, amount in _taken(case, hold):
            self.move(account(case_type, back[0]), back, amount)

    def move(self, account: Account, key: Key, change: int) -> None:
        """Change one amount; further beyond a limit it may not go."""
        left = self.amounts.get(key, 0) + change
        low, high = account.minimum, account.maximum
        if (change < 0 and low is not None and left < low) or (change > 0 and high is not None and left > high):
            raise No("limit-reached")
        self.amounts[key] = left

    def left(self, case_type: CaseType, case: Case, name: str) -> int | None:
        """What an account of the case has left; None where its kind is unknown."""
        found = key(case, account(case_type, name))
        return None if found is None else self.amounts.get(found, 0)

    def renamed(self, old: str, new: str) -> None:
        """Whoever had no name yet when something was posted is called *new*."""
        self.amounts = {(n, new if owner == old else owner, kind): a for (n, owner, kind), a in self.amounts.items()}


def account(case_type: CaseType, name: str) -> Account:
    """The account of that name; a part that means another one has failed."""
    for item in case_type.accounts:
        if item.name == name:
            return item
    raise No("part-failed")


def key(case: Case, account: Account) -> Key | None:
    """Whose account it is for a case, and of which kind; None where the kind is unknown."""
    known = {"unit": case["unit"], "case": case["id"], "tenant": ""}
    owner = known[account.owner] if account.owner in known else case["subjects"][account.owner]
    kind = "" if account.by is None else case["data"].get(account.by)
    return None if kind is None else (account.name, owner, kind)


def _taken(case: Case, hold: str) -> list[tuple[str, Key, Key, int]]:
    found = [item for item in case["holds"] if item[0] == hold]
    case["holds"] = [item for item in case["holds"] if item[0] != hold]
    return found
