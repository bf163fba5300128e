"""The season's report on the terminal: short, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from casework import Language, Text
from casework.volunteering.demo.plan import SEASON
from casework.volunteering.demo.results import Results, level_rates
from casework.volunteering.demo.titles import LEVEL, REASON, SERVICE, SETTLING, hours, percent

_PROBLEMS_SHOWN = 20


def summary(results: Results, language: Language, seconds: float, page: Path) -> Iterator[str]:
    """The lines of the report."""
    for part in (_played, _services, _settled, _help, _grid, _refusals, _verdict):
        yield from part(results, language)
    firings = results.tally.firings
    speed = firings / seconds if seconds else 0
    yield Text(
        f"{firings} firings in {seconds:.1f} s ({speed:.0f} a second). Page: {page}",
        f"{firings}次操作，用时{seconds:.1f}秒（每秒{speed:.0f}次）。网页报告：{page}",
    ).in_(language)


def _head(en: str, zh: str, language: Language) -> Iterator[str]:
    yield ""
    yield Text(en, zh).in_(language)


def _played(results: Results, language: Language) -> Iterator[str]:
    census = results.census
    held = census.activities["closed"]
    yield Text(
        f"Changhe community, {SEASON[0]} to {SEASON[1]}: {results.volunteers} volunteers in 6 teams, "
        f"{held} activities, {census.clinics} free clinics, {census.people_served} people served",
        f"昌和社区 {SEASON[0]}至{SEASON[1]}：6支服务队{results.volunteers}名志愿者，"
        f"活动{held}场，义诊{census.clinics}次，服务{census.people_served}人次",
    ).in_(language)


def _services(results: Results, language: Language) -> Iterator[str]:
    census = results.census
    asked = census.cases["service"]
    yield from _head(
        f"Taking part: {asked} sign-ups, {census.waited} on a waiting list, {census.moved_up} moved up",
        f"参加服务：报名{asked}人次，候补{census.waited}，递补{census.moved_up}",
        language,
    )
    for name, count in census.services.most_common():
        yield f"  {SERVICE[name].in_(language)}  {count}"


def _settled(results: Results, language: Language) -> Iterator[str]:
    census = results.census
    own, donated = census.paid["own"], census.paid["donated"]
    yield from _head(
        f"Two attestations: {hours(census.credited)} hours banked, {hours(own + donated)} spent on help, "
        f"{hours(results.tally.given)} given away",
        f"双方认证：存入{hours(census.credited)}小时，兑换帮扶{hours(own + donated)}小时，"
        f"捐赠{hours(results.tally.given)}小时",
        language,
    )
    for name in ("agreed", "decided", "lapsed"):
        yield f"  {SETTLING[name].in_(language)}  {census.settled[name]}"


def _help(results: Results, language: Language) -> Iterator[str]:
    census = results.census
    yield from _head(
        f"Help: {census.cases['help_request']} requests, {census.help['helped']} fulfilled; days until matched",
        f"求助：{census.cases['help_request']}件，获得帮扶{census.help['helped']}件；等候天数",
        language,
    )
    for name in ("urgent", "record", "order"):
        wait = results.wait(name)
        if wait is not None:
            longest = max(census.waits[name])
            yield Text(
                f"  {REASON[name].en}: median {wait:.1f}, longest {longest:.1f}",
                f"  {REASON[name].zh}：中位数{wait:.1f}，最长{longest:.1f}",
            ).in_(language)


def _grid(results: Results, language: Language) -> Iterator[str]:
    yield from _head("Solved at each level of the grid", "三级网格各级办结", language)
    for level, (ended, solved) in level_rates(results.census).items():
        yield f"  {LEVEL[level].in_(language)}  {solved}/{ended}  ({percent(solved, ended)})"


def _refusals(results: Results, language: Language) -> Iterator[str]:
    tally = results.tally
    yield from _head(
        f"{tally.codes.total()} refusals, one of each kind", f"拒绝{tally.codes.total()}次，每类举一例", language
    )
    shown: set[str] = set()
    for _, sample in sorted(tally.samples.items()):
        if sample.code not in shown:
            shown.add(sample.code)
            yield f"  {sample.code} ×{tally.codes[sample.code]}  {sample.why.in_(language)}"
            yield f"      → {sample.answer.in_(language)}"


def _verdict(results: Results, language: Language) -> Iterator[str]:
    verdict = results.verdict
    faults, problems = len(verdict.faults), len(results.problems)
    yield from _head(
        f"Records verified: {verdict.cases} cases, {verdict.entries} entries, "
        f"{'whole' if results.whole else f'{faults} faults, {problems} problems'}",
        f"记录核验：{verdict.cases}件、{verdict.entries}条，"
        f"{'完整' if results.whole else f'{faults}处损坏，{problems}处不符'}",
        language,
    )
    for line in (*map(str, verdict.faults), *results.problems)[:_PROBLEMS_SHOWN]:
        yield f"  {line}"
