"""Who may do what, written down beside the definitions: a right that is added or lost is seen here."""

from __future__ import annotations

from casework.testing import access_table
from casework.volunteering import case_types

TYPES = {case_type.name: case_type for case_type in case_types()}


def test_access_to_volunteers_files() -> None:
    access_table(
        TYPES["volunteer"],
        """
        open | coordinator leader
        view | auditor coordinator leader self
        erase | coordinator leader
        hold | auditor coordinator
        audit | auditor
        import | coordinator
        edit in volunteer.applied volunteer.registered volunteer.suspended | coordinator
        note in volunteer.applied volunteer.registered volunteer.suspended | coordinator leader
        correct in volunteer.applied volunteer.registered volunteer.suspended | coordinator
        adopt in volunteer.applied volunteer.registered volunteer.suspended | coordinator
        fire register in volunteer.applied volunteer.registered | coordinator
        fire reject in volunteer.applied | coordinator
        fire join_team in volunteer.registered | coordinator leader
        fire suspend in volunteer.registered | coordinator
        fire resume in volunteer.suspended | coordinator
        fire leave in volunteer.applied volunteer.registered volunteer.suspended | coordinator self
        fire donate in volunteer.registered | self
        fire verify_licence in qualification.none qualification.valid qualification.over | coordinator
        fire expire_qualification in qualification.valid | nobody
        fire insure in insurance.none insurance.valid insurance.over | coordinator
        fire expire_insurance in insurance.valid | nobody
        read personal | coordinator leader self
        read identity | coordinator self
        list to_register | coordinator leader
        list to_insure | coordinator
        list to_renew | coordinator
        """,
    )


def test_access_to_services() -> None:
    access_table(
        TYPES["service"],
        """
        open | coordinator leader
        view | arbiter auditor certifier coordinator leader participant recipient
        erase | coordinator leader
        hold | auditor coordinator
        audit | auditor
        note in service.signed_up service.waiting service.placed | coordinator leader
        note in service.confirmed service.present service.done | coordinator leader
        correct in service.signed_up service.waiting service.placed service.confirmed service.present | coordinator
        adopt in service.signed_up service.waiting service.placed service.confirmed service.present | coordinator
        adopt in service.done | coordinator
        fire reject in service.done | coordinator
        fire place in service.signed_up | coordinator leader
        fire move_up in service.waiting | coordinator leader
        fire confirm in service.placed | coordinator leader participant
        fire let_go in service.waiting | coordinator leader
        fire withdraw in service.signed_up service.waiting | coordinator leader participant
        fire withdraw in service.placed service.confirmed | coordinator leader participant
        fire call_off in service.signed_up service.waiting service.placed | coordinator leader
        fire call_off in service.confirmed service.present | coordinator leader
        fire check_in in service.placed service.confirmed | certifier coordinator leader
        fire record_absence in service.placed service.confirmed | coordinator leader
        fire check_out in service.present | certifier coordinator leader
        fire time_out in service.present | nobody
        fire name_certifier in service.signed_up service.waiting service.placed | coordinator
        fire name_certifier in service.confirmed service.present service.done | coordinator
        fire name_recipient in service.signed_up service.waiting service.placed | coordinator
        fire name_recipient in service.confirmed service.present service.done | coordinator
        fire certify in certifying.awaited | certifier
        fire attest in confirming.awaited | recipient
        fire compare in settling.both_in | coordinator
        fire decide in settling.disputed, not who fired attest certify | arbiter
        fire lapse in settling.disputed | nobody
        read personal | arbiter certifier coordinator leader participant recipient
        read field certified_start | certifier
        read field certified_end | certifier
        read field certified_content | certifier
        read field certified_minutes | certifier
        read field confirmed_start | recipient
        read field confirmed_end | recipient
        read field confirmed_content | recipient
        read field confirmed_minutes | recipient
        read field rating | coordinator recipient
        list to_place | coordinator leader
        list waiting | coordinator leader
        list coming | coordinator leader
        list to_attest | auditor coordinator leader
        list attested_late | auditor coordinator leader
        list not_compared | coordinator
        list disputes | arbiter
        """,
    )


def test_access_to_requests_for_help() -> None:
    access_table(
        TYPES["help_request"],
        """
        open | coordinator leader
        view | asker auditor coordinator helper leader
        erase | coordinator leader
        hold | auditor coordinator
        audit | auditor
        note in asked urgent preferred queued matched under_way reported | coordinator leader
        correct in asked urgent preferred queued matched under_way reported | coordinator
        adopt in asked urgent preferred queued matched under_way reported | coordinator
        fire verify in asked | coordinator
        fire match in urgent preferred queued | coordinator
        fire match_from_donated in urgent preferred queued | coordinator
        fire match_in_need in urgent preferred queued | coordinator
        fire begin in matched | coordinator helper leader
        fire report in under_way | helper
        fire accept in reported, not who fired report | asker
        fire take_as_accepted in reported | nobody
        fire deny in reported | asker
        fire release in matched under_way | coordinator helper
        fire decline in asked | coordinator
        fire withdraw in asked urgent preferred queued matched under_way | asker coordinator
        read personal | asker coordinator helper leader
        list to_verify | coordinator
        list to_match | coordinator
        list late | coordinator
        """,
    )


def test_access_to_matters_of_the_grid() -> None:
    access_table(
        TYPES["grid_matter"],
        """
        open | coordinator grid_worker
        view | auditor coordinator grid_worker owner
        note in reported handling late | coordinator grid_worker
        correct in reported handling late | coordinator
        adopt in reported handling late | coordinator
        audit | auditor
        fire take_up in reported | coordinator grid_worker
        fire solve in handling late | coordinator grid_worker owner
        fire pass_up in reported handling late | coordinator grid_worker owner
        fire run_late in reported handling late | nobody
        fire refer_out in reported handling late | coordinator
        fire dismiss in reported handling late | coordinator grid_worker
        read personal | coordinator grid_worker owner
        list to_take_up | coordinator grid_worker
        list at_work | coordinator grid_worker
        list late | coordinator grid_worker
        """,
    )
