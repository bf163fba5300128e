"""The season's plan: what each team does week by week, the days that the calendar gives, the twelve free clinics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

import attrs

from casework.volunteering.demo.words import CLINICS, ESTATES, POOR_FAMILIES, VISITED
from casework.volunteering.yearly import CHINA

SEASON = date(2026, 3, 1), date(2026, 6, 30)
WEEK = timedelta(days=7)
_PLACES = 8
"""Places of a usual task in a community of its real size."""


@attrs.frozen(kw_only=True)
class Occasion:
    """One activity with its task: whose it is, when, how long, for how many, and what it asks."""

    name: str
    team: str
    what: str
    begins: datetime
    minutes: int
    places: int
    risks: str
    risky: bool = False
    needs_licence: bool = False
    served: int = 0
    rained_off: bool = False

    @property
    def ends(self) -> datetime:
        """When it should be over."""
        return self.begins + timedelta(minutes=self.minutes)


_WEEKLY = {
    "plum": ("周末清洁日", "清理楼道和绿地", 120, "使用长柄工具，注意划伤", True, False),
    "care": ("养老照护", "上门陪伴和打扫", 90, "搬动重物，注意腰部", False, False),
    "law": ("法律咨询台", "接待居民法律咨询", 120, "情绪激动者，注意沟通方式", False, True),
    "doctor": ("健康巡讲", "测量血压和健康讲座", 90, "接触体液的一次性用品须妥善处理", False, True),
    "relief": ("爱心超市", "整理和发放捐赠物资", 120, "搬运箱件，注意砸伤", True, False),
    "culture": ("书屋开放日", "书屋值守和读书活动", 120, "无特殊风险", False, False),
}

_SPECIAL = (
    (date(2026, 3, 5), "plum", "学雷锋日", "背街小巷整治", 180, "临街作业，注意车辆", True, False, 0),
    (date(2026, 3, 5), "culture", "学雷锋日", "家电维修和便民服务", 180, "用电安全", True, True, 60),
    (date(2026, 3, 14), "law", "三月维权宣传", "消费维权咨询和纠纷调解", 180, "无特殊风险", False, True, 80),
    (date(2026, 4, 4), "plum", "文明祭扫劝导", "路口劝导和巡查", 240, "临街作业，注意车辆和明火", True, False, 0),
    (date(2026, 5, 9), "relief", "我为弱势献爱心", "走访贫困家庭", 180, "乘车出行", False, False, POOR_FAMILIES),
    (date(2026, 5, 30), "culture", "留守儿童六一", "送学习用品和游园", 180, "儿童走失和磕碰", False, False, 40),
    (date(2026, 6, 5), "plum", "世界环境日", "河道和绿地清理", 240, "临水作业，须穿救生衣", True, False, 0),
    (date(2026, 6, 13), "law", "六月维权宣传", "法律援助和培训", 180, "无特殊风险", False, True, 70),
    (date(2026, 6, 18), "care", "端午慰问", "慰问困难群众", 180, "乘车出行", False, False, VISITED),
)


def season(scale: float, seed: int) -> tuple[Occasion, ...]:
    """Everything that is planned, in order of time; *scale* 1 is the community as large as it is."""
    rng = Random(f"{seed} plan")
    # A task takes at most a thousand places; larger communities would hold more activities instead.
    places = min(600, max(2, round(_PLACES * scale)))
    found = [*_weekly(places, rng), *_special(places), *_clinics(places, rng)]
    return tuple(sorted(found, key=lambda one: (one.begins, one.team, one.name)))


def _weekly(places: int, rng: Random) -> Iterator[Occasion]:
    first, last = SEASON
    for index, (team, (name, what, minutes, risks, risky, licence)) in enumerate(_WEEKLY.items()):
        day = first + timedelta(days=6 + index % 2) + (index % 2) * WEEK
        while day <= last:
            estate = rng.choice(list(ESTATES.values())).zh
            yield Occasion(
                name=f"{name}（{estate}）",
                team=team,
                what=what,
                begins=_at(day, rng.choice((8, 9, 14, 15))),
                minutes=minutes,
                places=max(1, places + rng.randint(-1, 2)),
                risks=risks,
                risky=risky,
                needs_licence=licence,
                served=rng.randint(6, 30),
                rained_off=risky and rng.random() < 0.08,
            )
            day += 2 * WEEK


def _special(places: int) -> Iterator[Occasion]:
    for day, team, name, what, minutes, risks, risky, licence, served in _SPECIAL:
        yield Occasion(
            name=name,
            team=team,
            what=what,
            begins=_at(day, 8),
            minutes=minutes,
            places=max(1, round(places * 1.5)),
            risks=risks,
            risky=risky,
            needs_licence=licence,
            served=served,
        )


def _clinics(places: int, rng: Random) -> Iterator[Occasion]:
    first, last = SEASON
    every = (last - first) / CLINICS
    for number in range(CLINICS):
        yield Occasion(
            name=f"第{number + 1}次进社区义诊",
            team="doctor",
            what="义诊和发放药品",
            begins=_at(first + every * number + timedelta(days=3), 9),
            minutes=180,
            places=max(2, places // 2),
            risks="接触体液的一次性用品须妥善处理",
            needs_licence=True,
            served=rng.randint(14, 22),
        )


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)
