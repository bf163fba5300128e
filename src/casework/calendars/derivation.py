"""Tell how a due date was derived: step by step, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

import attrs

from casework.calendars.calendar import Calendar
from casework.calendars.counting import Counted
from casework.calendars.zones import zone_of
from casework.model.rule import Rule
from casework.model.term import Day, Term
from casework.text import Text

StepKind = Literal["rule", "start", "pause", "extension", "days", "last", "due", "unknown", "told", "applies"]

_UNITS = {
    "hours": ("hour", "小时"),
    "days": ("day", "日"),
    "working days": ("working day", "个工作日"),
    "months": ("month", "个月"),
}


@attrs.frozen
class DerivationStep:
    """One step on the way to a due date: which kind of step, and what it says."""

    kind: StepKind
    text: Text


def span_text(value: int, unit: str | None) -> Text:
    """A length in words, such as ``7 working days``."""
    en, zh = _UNITS.get(unit or "", ("", ""))
    return Text(f"{value} {en}{'' if value == 1 else 's'}", f"{value}{zh}")


def steps(rule: Rule, term: Term, found: Counted, calendar: Calendar) -> tuple[DerivationStep, ...]:
    """How the *term* of *rule* came to be due when *found* says, in the order in which one would work it out."""
    zone = zone_of(rule.zone)
    made = [_rule(rule), _start(rule, term.started, zone)]
    if not term.applies:
        text = Text("the rule does not apply to this case as it stands", "就案件现状，该规则不适用")
        return (*made, DerivationStep("applies", text))
    made += _extensions(rule, term)
    made += _pauses(rule, term, found, zone)
    made += _days(found.days, rule.unit == "working days")
    made += _end(rule, found, zone, calendar)
    return tuple(made)


def _rule(rule: Rule) -> DerivationStep:
    span = span_text(rule.value, rule.unit)
    en = ", ".join(part for part in (rule.authority.en or rule.authority.zh, rule.article) if part)
    zh = "".join(part for part in (rule.authority.zh or rule.authority.en, rule.article) if part)
    about = Text(f" ({en}; confidence {rule.confidence})", f"（{zh}；可信度{rule.confidence}）") if en or zh else Text()
    return DerivationStep("rule", Text(f"{rule.version}: {span.en}{about.en}", f"{rule.version}：{span.zh}{about.zh}"))


def _start(rule: Rule, started: datetime, zone: ZoneInfo) -> DerivationStep:
    at = moment_text(started, zone)
    if rule.unit == "hours":
        return DerivationStep("start", Text(f"counted from {at}, the instant itself", f"自{at}即时起算"))
    return DerivationStep("start", Text(f"starts on {at}; that day is not counted", f"自{at}开始，开始当日不计入"))


def _extensions(rule: Rule, term: Term) -> Iterator[DerivationStep]:
    for item in term.extensions:
        span = span_text(item.value, rule.unit)
        text = Text(f"extended by {span.en} (entry {item.entry})", f"延长{span.zh}（日志第{item.entry}条）")
        yield DerivationStep("extension", text)


def _pauses(rule: Rule, term: Term, found: Counted, zone: ZoneInfo) -> Iterator[DerivationStep]:
    for since, until in term.pauses:
        if found.due is not None and since >= found.due:
            return
        begun = moment_text(since, zone)
        if until is None:
            yield DerivationStep("pause", Text(f"stands still since {begun}", f"自{begun}起中止"))
            continue
        ended = moment_text(until, zone)
        if rule.unit == "hours":
            out = _span(until - since)
        else:
            nights = max((until.astimezone(zone).date() - since.astimezone(zone).date()).days, 0)
            out = Text(f"{nights} night{'' if nights == 1 else 's'}", f"{nights}夜")
        yield DerivationStep(
            "pause",
            Text(f"stood still from {begun} to {ended}: {out.en} not counted", f"{begun}至{ended}中止，{out.zh}不计入"),
        )


def _span(span: timedelta) -> Text:
    hours, rest = divmod(span, timedelta(hours=1))
    minutes = rest // timedelta(minutes=1)
    return Text(f"{hours} h {minutes} min", f"{hours}小时{minutes}分")


def _days(days: Sequence[Day], counting: bool) -> Iterator[DerivationStep]:
    """Days off and days worked in lieu, those that follow each other and are called the same in one step."""
    for run in _runs(days):
        span = _range(run[0].day, run[-1].day)
        en, zh = run[0].title.en or run[0].title.zh, run[0].title.zh or run[0].title.en
        if run[0].works:
            text = Text(f"{span} is worked on{f' ({en})' if en else ''}", f"{span}上班{f'（{zh}）' if zh else ''}")
        else:
            how = Text("is not counted", "不计入") if counting else Text("is a day off", "为休息日")
            text = Text(f"{span} {how.en}{f': {en}' if en else ''}", f"{span}{how.zh}{f'：{zh}' if zh else ''}")
        yield DerivationStep("days", text)


def _runs(days: Sequence[Day]) -> Iterator[list[Day]]:
    run: list[Day] = list(days[:1])
    for one, other in pairwise(days):
        if other.day - one.day > timedelta(days=1) or (one.works, one.title) != (other.works, other.title):
            yield run
            run = []
        run.append(other)
    if run:
        yield run


def _range(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


def _end(rule: Rule, found: Counted, zone: ZoneInfo, calendar: Calendar) -> Iterator[DerivationStep]:
    if found.left is not None:
        span = span_text(found.left, "working days" if rule.unit == "working days" else "days")
        yield DerivationStep("last", Text(f"{span.en} left to be counted", f"尚余{span.zh}"))
    if found.nominal is not None:
        day = weekday_text(found.nominal)
        yield DerivationStep("last", Text(f"the last day is {day.en}", f"期间的最后一日为{day.zh}"))
    if found.missing is not None:
        yield _unknown(found, zone, calendar)
    elif found.due is not None:
        if found.last is not None and found.last != found.nominal:
            day = weekday_text(found.last)
            text = Text(
                f"that is a day off, so it is the next working day, {day.en}",
                f"适逢休息日，顺延至{day.zh}",
            )
            yield DerivationStep("last", text)
        yield _due(rule, found, zone)


def _unknown(found: Counted, zone: ZoneInfo, calendar: Calendar) -> DerivationStep:
    assert found.earliest is not None, "what is not known has a bound"
    bound, title, advice = moment_text(found.earliest, zone), calendar.title, calendar.advice
    en = (
        f"the due date is not known yet: the calendar of {found.missing} ({title.en or calendar.name}) is not published"
    )
    zh = f"届满日尚不能确定：{found.missing}年日历（{title.zh or calendar.name}）尚未公布"
    more = Text(f"; {advice.en}", f"；{advice.zh}") if advice else Text()
    return DerivationStep("unknown", Text(f"{en}; it is not before {bound}{more.en}", f"{zh}；不早于{bound}{more.zh}"))


def _due(rule: Rule, found: Counted, zone: ZoneInfo) -> DerivationStep:
    assert found.due is not None, "asked of what is due"
    if found.last is None:
        at = moment_text(found.due, zone)
        return DerivationStep("due", Text(f"due at {at}", f"届满于{at}"))
    at = f"{found.last.isoformat()} {rule.closes} ({rule.zone})"
    utc = f"{found.due:%Y-%m-%dT%H:%M:%SZ}"
    return DerivationStep("due", Text(f"due at {at}, which is {utc}", f"届满于{at}，即{utc}"))


def moment_text(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as a clock there shows it, with its distance from UTC."""
    local = instant.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M}{local:%z}"


_WEEKDAYS = (
    Text("Monday", "周一"),
    Text("Tuesday", "周二"),
    Text("Wednesday", "周三"),
    Text("Thursday", "周四"),
    Text("Friday", "周五"),
    Text("Saturday", "周六"),
    Text("Sunday", "周日"),
)


def weekday_text(day: date) -> Text:
    """A day with its weekday."""
    name = _WEEKDAYS[day.weekday()]
    return Text(f"{name.en} {day.isoformat()}", f"{day.isoformat()}（{name.zh}）")
