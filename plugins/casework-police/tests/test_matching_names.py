"""Names by characters and by sound: surnames as they are read, accents, nicknames, order, pinyin."""

from __future__ import annotations

import subprocess
import sys

import attrs
import pytest
from casework_police.matching import ACCENTS, names_alike
from casework_police.matching.accents import GENERAL, Accent
from casework_police.matching.characters import sign
from casework_police.matching.libraries import spoken
from casework_police.matching.names import readings, readings_alike
from casework_police.matching.sound import Syllable, coarse, split, syllable
from casework_police.matching.surnames import surnames
from hypothesis import given
from hypothesis import strategies as st

from casework import InvalidValue, Text

NEAR, FAR = 0.6, 0.45
CHARACTERS = "张章伟玮吴武芳方王汪小晓明鸣陈程黄李娜欧阳单曾区老阿刘牛何"


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("张伟", "章玮", 0.75),
        ("吴芳", "武方", 0.7),
        ("王小明", "汪晓鸣", 0.7),
        ("張偉", "张伟", 1.0),
        ("ZHANG WEI", "张伟", 0.8),
        ("Zhāng Wěi", "张伟", 0.85),
        ("zhangwei", "章玮", 0.8),
        ("OUYANG NANA", "欧阳娜娜", 0.8),
    ],
)
def test_what_sounds_the_same_is_alike_though_no_character_is(one: str, other: str, likeness: float) -> None:
    assert likeness == pytest.approx(names_alike(one, other), abs=0.05)


@pytest.mark.parametrize(
    ("one", "other", "accent"),
    [
        ("陈", "程", "southwest"),
        ("黄", "王", "wu"),
        ("黄", "王", "yue"),
        ("刘兰", "牛楠", "southwest"),
        ("方华", "黄华", "minnan"),
        ("卢强", "汝强", "minnan"),
        ("何立", "何尼", "xiang_gan"),
    ],
)
def test_an_accent_brings_names_together_that_the_standard_language_keeps_apart(
    one: str, other: str, accent: str
) -> None:
    apart = names_alike(one, other, accent=ACCENTS["standard"])

    assert apart + 0.1 < names_alike(one, other, accent=ACCENTS[accent])
    assert NEAR <= names_alike(one, other, accent=ACCENTS[accent])


@pytest.mark.parametrize(
    ("one", "other"), [("张伟", "李娜"), ("王建国", "陈秀英"), ("张伟", "钟文"), ("单田芳", "戴天放")]
)
def test_names_that_share_neither_are_far_apart(one: str, other: str) -> None:
    assert FAR > names_alike(one, other)


@pytest.mark.parametrize(
    ("surname", "pinyin"),
    [
        *(("曾", "zeng"), ("单", "shan"), ("仇", "qiu"), ("解", "xie"), ("查", "zha"), ("盖", "ge"), ("翟", "zhai")),
        *(("缪", "miao"), ("卜", "bu"), ("乐", "yue"), ("朴", "piao"), ("区", "ou"), ("任", "ren"), ("冼", "xian")),
        *(("洗", "xian"), ("繁", "po"), ("员", "yun"), ("纪", "ji"), ("宁", "ning"), ("燕", "yan"), ("覃", "qin")),
        *(("尉迟", "yuchi"), ("万俟", "moqi"), ("令狐", "linghu"), ("澹台", "tantai"), ("长孙", "zhangsun")),
    ],
)
def test_a_surname_is_read_as_one(surname: str, pinyin: str) -> None:
    assert names_alike(f"{surname}明", f"{pinyin.upper()} MING") == pytest.approx(0.81, abs=0.01)


def test_the_reading_that_a_clerk_may_have_typed_still_counts_though_less() -> None:
    assert names_alike("曾明", "ZENG MING") > names_alike("曾明", "CENG MING") > FAR


def test_each_reading_of_the_table_is_a_syllable_and_each_character_one_that_is_spoken() -> None:
    table = surnames()
    told = [reading for readings in (*table.readings.values(), *table.compound.values()) for reading in readings]

    assert [] == [reading for reading in told if syllable(reading) is None]
    assert [] == [name for name in (*table.readings, *table.compound) if not all(spoken(c) for c in name)]
    assert [] == [name for name, readings in table.compound.items() if len(name) != len(readings)]
    assert [] == [name for name in table.share if not sign(name, table.readings.get(name, ())).sound]


def test_the_shares_of_surnames_add_up_to_nine_tenths_of_the_people() -> None:
    assert 80 < sum(surnames().share.values()) < 100
    assert surnames().bits("王") < surnames().bits("林") < surnames().bits("曹") < surnames().bits("欧阳")


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("小明", "王小明"),
        ("小明", "王明"),
        ("阿芳", "吴芳"),
        ("老王", "王建国"),
        ("小王", "王建国"),
        ("建国", "王建国"),
    ],
)
def test_what_somebody_is_called_may_be_their_name(called: str, name: str) -> None:
    assert 0.7 <= names_alike(called, name)


def test_a_surname_alone_and_a_given_name_alone_have_nothing_to_compare() -> None:
    surname, given_name = readings("老王")[0], readings("张建国")[0]

    assert readings_alike(surname, attrs.evolve(given_name, surname=()), (GENERAL,)) is None


def test_the_order_of_a_name_in_pinyin_may_be_either() -> None:
    assert 0.7 < names_alike("WEI ZHANG", "张伟") < names_alike("ZHANG WEI", "张伟")


def test_two_brothers_are_not_alike_enough_to_speak_for_one_person() -> None:
    assert names_alike("王建国", "王建军") < NEAR


def test_an_own_accent_can_be_written() -> None:
    own = Accent(name="own", title=Text("own", "自拟"), initials=(("j", "z", 0.9),), nasals=0.0)

    assert names_alike("焦明", "曹明", accent=own) < names_alike("季明", "自明", accent=own)
    with pytest.raises(InvalidValue, match="less than 1"):
        Accent(name="own", title=Text("own", "自拟"), nasals=1.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wang2", Syllable("", "uang", 2)),
        ("huáng", Syllable("h", "uang", 2)),
        ("jun", Syllable("j", "vn", 0)),
        ("yuan", Syllable("", "van", 0)),
        ("lü4", Syllable("l", "v", 4)),
        ("lǜ", Syllable("l", "v", 4)),
        ("liu", Syllable("l", "iou", 0)),
        ("you", Syllable("", "iou", 0)),
        ("feng", Syllable("f", "ong", 0)),
        ("smith", None),
        ("", None),
    ],
)
def test_pinyin_is_taken_apart(text: str, expected: Syllable | None) -> None:
    assert expected == syllable(text)


def test_a_word_of_pinyin_is_split_in_each_way_that_makes_sense() -> None:
    assert ((syllable("xian"),), (syllable("xi"), syllable("an"))) == split("xian")
    assert () == split("smith")
    assert () == split("a" * 100)


@given(st.text(CHARACTERS, min_size=1, max_size=4), st.text(CHARACTERS, min_size=1, max_size=4))
def test_likeness_is_the_same_both_ways_round(one: str, other: str) -> None:
    assert names_alike(one, other) == names_alike(other, one)


@given(st.text(CHARACTERS, min_size=1, max_size=4))
def test_a_name_is_fully_like_itself(name: str) -> None:
    assert 1.0 == names_alike(name, name)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_the_comparison(one: str, other: str) -> None:
    assert 0 <= names_alike(one, other) <= 1


@given(st.sampled_from(sorted(ACCENTS)), st.text(CHARACTERS, min_size=2, max_size=2))
def test_what_an_accent_mixes_up_has_one_key(accent: str, two: str) -> None:
    one, other = (found for character in two for found in [sign(character).sound[0][0]])
    near = ACCENTS[accent].initials_near(one.initial, other.initial)
    far = ACCENTS[accent].finals_near(one.final, other.final)

    assert not near * far or coarse(one) == coarse(other)


def test_a_name_without_a_letter_has_no_meaning() -> None:
    assert () == readings("？ ·")


BLOCKED = """
import sys
sys.modules["pypinyin"] = sys.modules["rapidfuzz"] = None
import casework_police, casework_police.matching as matching
from casework import SetupError
try:
    matching.candidates(matching.Description(reference="a", names=[matching.Name("王明")]), [])
except SetupError as error:
    print(error)
"""


def test_without_the_libraries_the_package_imports_and_says_what_to_install() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, timeout=60, check=True)

    assert "matching needs pypinyin and rapidfuzz; install casework-police[match]\n" == done.stdout
