"""What a patrol knows, and what its steps ask for.

A route is named, as "north loop" is; where on it people sleep is told by the files of the places alone, so that a
roster or a calendar leads nobody to them.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from casework import fact
from casework.outreach.accounts import ITEMS
from casework.outreach.occasions import LEVELS, OCCASIONS


@attrs.frozen(kw_only=True)
class Patrol:
    """A plan for one night or day, and what became of it."""

    occasion: str = fact(en="occasion", zh="巡查缘由", choices=OCCASIONS)
    route: str = fact(en="route", zh="巡查线路", max_length=200)
    starts_at: datetime = fact(en="begins", zh="计划出发时间")
    ends_at: datetime = fact(en="ends", zh="计划结束时间")
    hazards: bool = fact(en="dangerous places on the way: water, tracks, ruins, heights", zh="途经危险区域")
    level: str | None = fact(default=None, en="level of the warning", zh="预警级别", choices=LEVELS)
    alert: str | None = fact(default=None, en="number of the alert", zh="预警编号", max_length=300)
    alerted_at: datetime | None = fact(default=None, en="alert was sent", zh="预警发布时间")
    because: str | None = fact(default=None, en="why", zh="事由", max_length=500)
    kit_list: str | None = fact(default=None, en="to be packed", zh="物资清单", max_length=500)
    item: str | None = fact(default=None, managed=True, en="goods last moved", zh="最近变动的物资", choices=ITEMS)
    led_by: str | None = fact(
        default=None, managed=True, en="led by", zh="带队人", field_class="personal", max_length=128
    )
    set_out_at: datetime | None = fact(default=None, managed=True, en="set out", zh="出发时间")
    back_at: datetime | None = fact(default=None, managed=True, en="came back", zh="返回时间")
    report: str | None = fact(
        default=None, managed=True, en="report", zh="巡查情况", field_class="personal", max_length=2_000
    )
    reason: str | None = fact(default=None, managed=True, en="reason", zh="原因", max_length=500)


@attrs.frozen(kw_only=True)
class Goods:
    """So many pieces of one kind."""

    item: str = fact(en="goods", zh="物资", choices=ITEMS)
    count: int = fact(en="pieces", zh="件数", minimum=1, maximum=10_000)


@attrs.frozen(kw_only=True)
class Lost:
    """What neither was handed out nor came back, and why."""

    item: str = fact(en="goods", zh="物资", choices=ITEMS)
    count: int = fact(en="pieces", zh="件数", minimum=1, maximum=10_000)
    reason: str = fact(en="reason", zh="原因", max_length=500)


@attrs.frozen(kw_only=True)
class Why:
    """Why it is not done."""

    reason: str = fact(en="reason", zh="原因", max_length=500)


@attrs.frozen(kw_only=True)
class Report:
    """How the patrol went."""

    report: str = fact(en="report", zh="巡查情况", field_class="personal", max_length=2_000)
