"""The beds of a ward are amounts in the ledger: reserved, taken, given back, never more than there are."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

from casework import Refused


def test_a_full_ward_refuses_and_says_why(town: Any) -> None:
    town.accepted()
    town.accepted()
    refusal = town.no("sun", town.requested(), "referral.accept")

    assert "limit-reached" == refusal.code
    assert "病区空余床位：余0" in refusal.sentence("zh")


def test_a_reservation_is_a_hold_until_the_admission_settles_it(town: Any) -> None:
    case = town.accepted()
    reserved = town.desk("li").history(case.id)[-1].postings
    case = town.fire("li", case, "admit", hospital="First Hospital", diagnosis="a stroke")
    town.fire("sun", case, "referral.admit")

    assert (("ward_beds||ward_a", "ward_taken||ward_a", "ward_bed", 1),) == reserved
    assert () == town.desk("li").history(case.id)[-1].postings
    assert 1 == town.free()


def test_a_bed_that_is_kept_too_long_is_listed(town: Any) -> None:
    case = town.accepted()
    before = town.desk("sun").worklist("rescue", "referral.reserved_too_long").cases
    town.clock.advance(timedelta(days=3))
    town.app.run_due()

    listed = town.desk("sun").worklist("rescue", "referral.reserved_too_long").cases
    assert ((), [case.id]) == (before, [one.id for one in listed])


def test_wards_do_not_lend_each_other_beds(town: Any) -> None:
    case = town.requested(ward="ward_b")

    assert ("limit-reached", 0, 2) == (town.no("sun", case, "referral.accept").code, town.free("ward_b"), town.free())


def test_beds_that_are_kept_for_somebody_cannot_be_taken_away(town: Any) -> None:
    town.accepted()
    office = town.desk("zhao").find("ward_office").cases[0]

    assert "limit-reached" == town.no("zhao", office, "remove_beds", ward="ward_a", count=2).code
    town.fire("zhao", office, "remove_beds", ward="ward_a", count=1)
    assert 0 == town.free()


def test_an_acceptance_is_taken_back_by_a_rejection_and_by_no_correction(town: Any) -> None:
    case = town.accepted()
    entry = town.desk("he").get(case.id).entry
    refusal = town.refused(lambda: town.desk("he").correct(case.id, entry, because="the wrong person"))

    assert ("not-undoable", 1) == (refusal.code, town.free())


def test_f17_ten_beds_are_never_given_to_eleven_people(empty_town: Any) -> None:
    town = empty_town
    town.start()
    town.beds(10)
    ids = [town.requested().id for _ in range(40)]
    told: Counter[str] = Counter()
    gate = threading.Barrier(8)

    def accept(share: list[str]) -> None:
        desk = town.desk("sun")
        gate.wait()
        for case_id in share:
            said = "store-unavailable"
            while said == "store-unavailable":
                said = _code(desk, case_id)
            told[said] += 1

    threads = [threading.Thread(target=accept, args=(ids[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (Counter({"": 10, "limit-reached": 30}), 0) == (told, town.free())
    assert 10 == len(town.desk("sun").worklist("rescue", "referral.reserved", limit=50).cases)


def _code(desk: Any, case_id: str) -> str:
    try:
        desk.fire(case_id, "referral.accept")
    except Refused as no:
        return no.refusal.code
    return ""
