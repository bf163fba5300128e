"""Ages and dates of birth say the same after they were kept as days."""

from __future__ import annotations

from datetime import date, timedelta

from casework_police.pfif import Age, PartialDate
from casework_police.pfif.birth import age_between, age_on, born, born_by_age, born_by_date
from hypothesis import example, given
from hypothesis import strategies as st


@given(
    age=st.tuples(st.integers(0, 110), st.integers(0, 110)).map(lambda pair: Age(min(pair), max(pair))),
    on=st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)
@example(age=Age(35, 45), on=date(2024, 2, 29))
def test_an_age_is_the_same_age_after_it_was_kept_as_days_of_birth(age: Age, on: date) -> None:
    first, last = born_by_age(age, on) or (on, on)

    assert age == age_between(first, last, on)
    assert age.maximum + 1 == age_on(first - timedelta(days=1), on)
    assert age.minimum - 1 == age_on(last + timedelta(days=1), on)


@given(told=st.builds(PartialDate, st.integers(1900, 2025), st.none() | st.integers(1, 12)))
def test_a_date_of_birth_is_the_same_after_it_was_kept_as_days(told: PartialDate) -> None:
    assert told == born(*born_by_date(told), date(2026, 1, 1))
