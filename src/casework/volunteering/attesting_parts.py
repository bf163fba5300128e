"""The parts of attesting that the closed language cannot say: comparing two statements, and who is a party.

All of them are pure: they see the one service, and answer with yes or no, or with commands.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from casework import EffectPart, Guard, Part, Post, Set, Text, View, effect, guard
from casework.volunteering.rules import USUAL, Rules

_BANK = ("issued", "time_bank", "donated", "records", "record")


@guard(
    "volunteering.three_different_people",
    reads=("volunteer", "certifier_is", "recipient_is"),
    zh="志愿者、认证员和服务对象须为三个不同的人",
)
def three_different_people(view: View) -> bool:
    """the volunteer, the certifier and the person served are three different people"""
    named = {"certifier_is": view.data.get("certifier_is"), "recipient_is": view.data.get("recipient_is")}
    named.update({name: value for name, value in view.form.items() if name in named})
    people = [person for person in (view.data.get("volunteer"), *named.values()) if person is not None]
    return len(set(people)) == len(people)


@guard("volunteering.no_party_decides", reads=("volunteer",), zh="不得复核本人的工时")
def no_party_decides(view: View) -> bool:
    """nobody decides on minutes of their own"""
    return view.person != view.data.get("volunteer")


@guard("volunteering.granted_within_contest", reads=("contested_minutes",), zh="认定部分不得超过争议部分")
def granted_within_contest(view: View) -> bool:
    """no more is granted than is contested"""
    return _number(view.form.get("granted_minutes")) <= _number(view.data.get("contested_minutes"))


_MINUTE = timedelta(minutes=1)


def _fits(side: str) -> Guard:
    def check(view: View) -> bool:
        start, end = view.form.get(f"{side}_start"), view.form.get(f"{side}_end")
        came, left = view.data.get("came_at"), view.data.get("left_at")
        if not all(isinstance(at, datetime) for at in (start, end, came, left)):
            return False
        assert isinstance(start, datetime) and isinstance(end, datetime)
        assert isinstance(came, datetime) and isinstance(left, datetime)
        # People write down full minutes, so the minute in which somebody came or left counts.
        there = came - _MINUTE < start <= end < left + _MINUTE
        return there and _number(view.form.get(f"{side}_minutes")) * _MINUTE <= end - start

    because = Text(
        "the minutes fit between beginning and end, and these between check-in and check-out",
        "工时不得超出起止时间，起止时间须在签到与签退之间",
    )
    return Guard(f"volunteering.{side}_minutes_fit", check, ("came_at", "left_at"), because)


certified_fits = _fits("certified")
confirmed_fits = _fits("confirmed")


def comparing(rules: Rules = USUAL) -> EffectPart:
    """The effect that holds both statements against each other and posts what both say."""

    @effect(
        "volunteering.compare_attestations",
        reads=(
            "certified_minutes",
            "confirmed_minutes",
            "certified_content",
            "confirmed_content",
            "planned_minutes",
        ),
        writes=(
            "told_certified",
            "told_confirmed",
            "told_by_certifier",
            "told_by_recipient",
            "agreed_minutes",
            "contested_minutes",
            "credited_minutes",
        ),
        posts=_BANK,
    )
    def compare(view: View) -> Iterable[Set | Post]:
        certified, confirmed = (_number(view.data.get(f"{side}_minutes")) for side in ("certified", "confirmed"))
        # Neither more than what was planned allows, however long both say that it took.
        ceiling = _number(view.data.get("planned_minutes")) * rules.over_length // 100
        agreed = min(certified, confirmed, ceiling)
        return (
            Set("told_certified", certified),
            Set("told_confirmed", confirmed),
            Set("told_by_certifier", view.data.get("certified_content")),
            Set("told_by_recipient", view.data.get("confirmed_content")),
            Set("agreed_minutes", agreed),
            Set("contested_minutes", min(max(certified, confirmed), ceiling) - agreed),
            Set("credited_minutes", agreed),
            *_credit(view, agreed, rules),
        )

    return compare


def granting(rules: Rules = USUAL) -> EffectPart:
    """The effect that posts what the arbiter grants of a difference."""

    @effect("volunteering.grant_minutes", reads=("agreed_minutes",), writes=("credited_minutes",), posts=_BANK)
    def grant(view: View) -> Iterable[Set | Post]:
        granted = _number(view.form.get("granted_minutes"))
        credited = _number(view.data.get("agreed_minutes")) + granted
        return Set("credited_minutes", credited), *_credit(view, granted, rules)

    return grant


def _credit(view: View, amount: int, rules: Rules) -> tuple[Post, ...]:
    """The postings of *amount* minutes: up to the cap to the volunteer, the rest to the donated minutes."""
    own = max(0, min(amount, rules.cap - view.balances["time_bank"]))
    shares = (
        ("issued", "time_bank", own),
        ("issued", "donated", amount - own),
        ("records", "record", amount),
    )
    return tuple(Post(debit, credit, share) for debit, credit, share in shares if share)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def attesting_parts(rules: Rules = USUAL) -> tuple[Part, ...]:
    """The guards and effects that services name, for a time bank that is run by *rules*."""
    return (
        three_different_people,
        no_party_decides,
        granted_within_contest,
        certified_fits,
        confirmed_fits,
        comparing(rules),
        granting(rules),
    )
