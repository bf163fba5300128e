"""The report on the terminal: short, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from casework import Language, Text
from casework.rescue.demo.figures import (
    DEADLINES,
    NATIONAL,
    NATIONAL_SOURCE,
    NATIONAL_TOTAL,
    OUTCOME,
    RESCUE,
    SEX,
    WAY,
    percent,
)
from casework.rescue.demo.reading import Rejected
from casework.rescue.demo.register import STATION_TIME
from casework.rescue.demo.results import Results

_PROBLEMS_SHOWN = 20


def summary(results: Results, language: Language, seconds: float, page: Path) -> Iterator[str]:
    """The lines of the report."""
    for part in (_played, _outcomes, _ways, _deadlines, _refusals, _beds, _imported, _verdict):
        yield from part(results, language)
    speed = results.tally.firings / seconds if seconds else 0
    yield Text(
        f"{results.tally.firings} firings in {seconds:.1f} s ({speed:.0f} a second). Page: {page}",
        f"{results.tally.firings}次操作，用时{seconds:.1f}秒（每秒{speed:.0f}次）。网页报告：{page}",
    ).in_(language)


def rejected_line(item: Rejected, language: Language) -> Iterator[str]:
    """A line of the register that was not taken, with every mistake in it."""
    for problem in item.problems:
        column, wrong, right = (text.in_(language) for text in (problem.column, problem.wrong, problem.right))
        if language == "zh":
            yield f"  第{item.line}行 {column}：{wrong}；应为：{right}"
        else:
            yield f"  line {item.line}, {column}: {wrong}; right would be: {right}"


def _head(en: str, zh: str, language: Language) -> Iterator[str]:
    yield ""
    yield Text(en, zh).in_(language)


def _played(results: Results, language: Language) -> Iterator[str]:
    tally = results.tally
    first, last = (at.astimezone(STATION_TIME) if at else None for at in (tally.first, tally.arrived))
    span = f"{first:%Y-%m-%d} – {last:%Y-%m-%d}" if first and last else "–"
    yield Text(
        f"Anlu rescue station, {span}: {tally.people} people, "
        f"followed until {results.until.astimezone(STATION_TIME):%Y-%m-%d}",
        f"安陆市救助站 {span}：{tally.people}人到站，跟踪至{results.until.astimezone(STATION_TIME):%Y-%m-%d}",
    ).in_(language)


def _outcomes(results: Results, language: Language) -> Iterator[str]:
    yield from _head("How the cases ended", "去向", language)
    census = results.census
    for name, count in census.outcomes.most_common():
        yield f"  {OUTCOME[name].in_(language)}  {count}  ({percent(count, census.cases)})"


def _ways(results: Results, language: Language) -> Iterator[str]:
    ways = results.census.ways
    total = sum(ways.get(way, 0) for way in NATIONAL)
    yield from _head(
        f"How {total} people who could not say who they were were identified "
        f"(in brackets: {NATIONAL_SOURCE.in_('en')})",
        f"不能说明身份的{total}人如何查明（括号内为{NATIONAL_SOURCE.in_('zh')}）",
        language,
    )
    for way, count in NATIONAL.items():
        mine = ways.get(way, 0)
        yield f"  {WAY[way].in_(language)}  {mine}  {percent(mine, total)} ({percent(count, NATIONAL_TOTAL)})"
    for way in sorted(ways.keys() - NATIONAL.keys()):
        yield f"  {WAY[way].in_(language)}  {ways[way]}"


def _deadlines(results: Results, language: Language) -> Iterator[str]:
    yield from _head(
        "Deadlines that ended before they ran out (cases, restarts counted)",
        "期限届满前结束的情况（按案件计，重新起算的另计）",
        language,
    )
    for name in DEADLINES:
        judged = results.census.clocks.judged[name]
        title = RESCUE.deadlines[name].in_(language)
        yield Text(
            f"  {title}: {percent(judged.kept, judged.kept + judged.late)} "
            f"({judged.kept} ended before, {judged.late} ran out, {judged.running} running)",
            f"  {title}：{percent(judged.kept, judged.kept + judged.late)}"
            f"（届满前结束{judged.kept}，届满{judged.late}，未到期{judged.running}）",
        ).in_(language)


def _refusals(results: Results, language: Language) -> Iterator[str]:
    seen = results.tally.seen
    yield from _head(
        f"{seen.counts.total()} mistakes of staff refused, one of each kind",
        f"拒绝误操作{seen.counts.total()}次，每类举一例",
        language,
    )
    for sample in seen.one_of_each():
        why, answer = sample.why.in_(language), sample.answer.in_(language)
        yield f"  {sample.code} ×{seen.counts[sample.code]}  {why}"
        yield f"      → {answer}"


def _beds(results: Results, language: Language) -> Iterator[str]:
    yield from _head("Fullest hour", "床位使用高峰", language)
    for sex, title in SEX.items():
        level = results.peak(sex)
        if level is not None:
            at = level.at.astimezone(STATION_TIME)
            yield Text(
                f"  {title.en}: {level.used} of {level.beds} beds, {at:%Y-%m-%d %H:00}",
                f"  {title.zh}：{level.used}/{level.beds}张，{at:%Y-%m-%d %H}时",
            ).in_(language)


def _imported(results: Results, language: Language) -> Iterator[str]:
    imported = results.imported
    if imported is None:
        return
    yield from _head(
        f"A register with mistakes: {imported.taken} lines taken, {len(imported.rejected)} not",
        f"导入有差错的登记表：接收{imported.taken}行，退回{len(imported.rejected)}行",
        language,
    )
    for item in imported.rejected:
        yield from rejected_line(item, language)


def _verdict(results: Results, language: Language) -> Iterator[str]:
    verdict = results.verdict
    yield from _head(
        f"Records verified: {verdict.cases} cases, {verdict.entries} entries, "
        f"{'whole' if results.whole else f'{len(verdict.faults)} faults, {len(results.problems)} problems'}",
        f"记录核验：{verdict.cases}件、{verdict.entries}条，"
        f"{'完整' if results.whole else f'{len(verdict.faults)}处损坏，{len(results.problems)}处不符'}",
        language,
    )
    for line in (*map(str, verdict.faults), *results.problems)[:_PROBLEMS_SHOWN]:
        yield f"  {line}"
