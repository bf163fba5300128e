"""Invented people, each as a family reports them and as a ward describes them: the same ones for the same seed."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import attrs
from casework_police.matching import Age, Born, Description, Missing, Name
from casework_police.matching.characters import sign
from casework_police.matching.surnames import surnames

GIVEN = (
    "伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂香玉梅建国华志红文斌春燕辉玲海龙云飞凤珍琴林波俊晓鹏宇琳浩然梓涵"
    "子轩雨桐欣怡佳慧诗嘉豪思远德福贵财旺根生水金木火土长顺利达成功才有发连成义信忠孝仁和安康宁乐喜庆祥瑞丰收章玮武方汪鸣"
)
COUNTIES = tuple(
    tuple(line.split())
    for line in """
湖北省 孝感市 安陆市
湖北省 孝感市 云梦县
湖北省 孝感市 应城市
湖北省 武汉市 江岸区
湖北省 武汉市 黄陂区
湖北省 荆州市 沙市区
湖北省 荆州市 监利市
湖北省 黄冈市 麻城市
湖北省 襄阳市 枣阳市
湖北省 随州市 曾都区
河南省 信阳市 固始县
河南省 南阳市 邓州市
河南省 周口市 沈丘县
河南省 驻马店市 平舆县
湖南省 岳阳市 平江县
湖南省 长沙市 浏阳市
四川省 达州市 宣汉县
四川省 南充市 仪陇县
四川省 成都市 双流区
重庆市 万州区 分水镇
安徽省 阜阳市 临泉县
安徽省 六安市 霍邱县
江西省 九江市 修水县
江西省 赣州市 于都县
贵州省 毕节市 威宁县
广西壮族自治区 桂林市 全州县
广东省 茂名市 高州市
山东省 菏泽市 单县
河北省 邯郸市 魏县
陕西省 安康市 旬阳市
""".strip().splitlines()
)
TODAY = date(2026, 6, 1)


@attrs.frozen(kw_only=True)
class Person:
    """Somebody, as they are."""

    number: int
    surname: str
    given: str
    sex: str
    born: date
    home: tuple[str, ...]
    lost_on: date


def people(count: int, *, seed: int) -> tuple[Person, ...]:
    """*count* people; one in twelve is the brother or sister of the one before, of the same year and house."""
    draw = Random(seed)
    table = surnames()
    names, shares = list(table.share), list(table.share.values())
    found: list[Person] = []
    for number in range(count):
        kin = found[-1] if found and draw.random() < 1 / 12 else None
        born = kin.born if kin else TODAY - timedelta(days=round(365.25 * draw.triangular(5, 88, 55)))
        found.append(
            Person(
                number=number,
                surname=kin.surname if kin else draw.choices(names, shares)[0],
                given=_given(draw, kin),
                sex=draw.choice(("male", "female")),
                born=born + timedelta(days=draw.choice((0, 400, 800))) if kin else born,
                home=kin.home if kin else draw.choice(COUNTIES),
                lost_on=TODAY - timedelta(days=draw.randrange(30, 700)),
            )
        )
    return tuple(found)


def _given(draw: Random, kin: Person | None) -> str:
    if kin and len(kin.given) == 2:
        return kin.given[0] + draw.choice(GIVEN)  # a generation shares a character
    return "".join(draw.choice(GIVEN) for _ in range(draw.choice((1, 2, 2, 2))))


def reported(person: Person, *, seed: int) -> Description:
    """The person as kin report them: mostly right, with gaps."""
    draw = Random(f"report {seed} {person.number}")
    missing = {}
    if draw.random() < 0.1:
        missing["date"] = Missing.UNKNOWN
    exact = draw.random() < 0.6
    age = (TODAY - person.born).days // 365
    return Description(
        reference=f"missing-{person.number}",
        names=[Name(person.surname + person.given)],
        sex=person.sex,
        born=Born(person.born, person.born) if exact else None,
        age=None if exact else Age(low=max(0, age - 1), high=age + 1, at=TODAY, estimated=False),
        home="".join(person.home[: draw.choice((2, 3, 3, 3))]),
        last_seen_at="".join(person.home if draw.random() < 0.7 else draw.choice(COUNTIES)),
        last_seen_on=None if "date" in missing else person.lost_on,
        missing=missing,
    )


def described(person: Person, *, seed: int) -> Description:
    """The same person as a ward or a station describes them: by sound, by guess, and with holes."""
    draw = Random(f"ward {seed} {person.number}")
    missing = {}
    names = _heard(person, draw)
    if not names:
        missing["name"] = Missing.UNABLE
    home = _home(person, draw)
    if home is None:
        missing["home"] = draw.choice((Missing.UNABLE, Missing.NOT_ASKED, Missing.REFUSED))
    sex = person.sex if draw.random() > 0.015 else "female" if person.sex == "male" else "male"
    age = (TODAY - person.born).days // 365 + round(draw.gauss(0, 3))
    stated = draw.random() < 0.25
    return Description(
        reference=f"found-{person.number}",
        names=names,
        sex=sex,
        born=Born(person.born, person.born) if stated else None,
        age=None if stated else Age(low=min(130, max(0, age - 3)), high=min(130, max(0, age + 3)), at=TODAY),
        home=home,
        found_at="".join(draw.choice(COUNTIES) if draw.random() < 0.5 else person.home),
        found_on=person.lost_on + timedelta(days=round(draw.expovariate(1 / 25))),
        missing=missing,
    )


def _heard(person: Person, draw: Random) -> list[Name]:
    luck = draw.random()
    full = person.surname + person.given
    if luck < 0.5:
        return [Name(full)]
    if luck < 0.72:
        return [Name("".join(_homophone(c, draw) for c in full), "heard")]
    if luck < 0.78:
        return [Name(" ".join(_pinyin(part) for part in (person.surname, person.given)).upper(), "heard")]
    if luck < 0.86:
        return [Name(f"小{person.given[-1]}" if len(person.given) == 1 else person.given, "heard")]
    return [Name(f"老{person.surname}", "heard")] if luck < 0.9 else []


def _home(person: Person, draw: Random) -> str | None:
    luck = draw.random()
    if luck < 0.45:
        return "".join(person.home)
    if luck < 0.7:
        return person.home[draw.choice((0, 2))]
    return None


def _homophone(character: str, draw: Random) -> str:
    known = surnames().readings.get(character, ())
    sounds = {(s.initial, s.final) for s, sure in sign(character, known).sound if sure == 1}
    alike = [c for c in GIVEN if {(s.initial, s.final) for s, _ in sign(c).sound[:1]} & sounds]
    return draw.choice(alike) if alike and draw.random() < 0.6 else character


def _pinyin(text: str) -> str:
    from pypinyin import lazy_pinyin

    if text in surnames().readings:
        return surnames().readings[text][0].rstrip("12345")
    return "".join(lazy_pinyin(text))
