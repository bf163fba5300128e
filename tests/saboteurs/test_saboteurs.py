"""Plant one bug at a time in a copy of casework, and see to it that the test named for it fails.

A test that no bug can fail proves nothing. Each row names the file, the text that is changed, and the
test that has to notice. A row whose text is no longer in the file fails too: the saboteur has to move
with the code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[2]


@attrs.frozen
class Saboteur:
    """One planted bug and the test that kills it."""

    name: str
    file: str
    old: str
    new: str
    test: str


SABOTEURS = [
    Saboteur(
        "the revision is not compared when a case is written",
        "storage/cases.py",
        '.where(keyed(case, "tenant", "id", "revision"))\n            .values(revision',
        '.where(keyed(case, "tenant", "id"))\n            .values(revision',
        "tests/storage/test_revision.py",
    ),
    Saboteur(
        "effects are applied twice",
        "deciding/follow.py",
        "    apply(draft, item)\n",
        "    apply(draft, item)\n    apply(draft, item)\n",
        "tests/faults/test_f18_nothing_is_spent_twice.py",
    ),
    Saboteur(
        "an unknown clause counts as true",
        "deciding/choose.py",
        "unknown = unknown or verdict is None",
        "unknown = False",
        "tests/unit/test_deciding.py::test_an_unknown_fact_refuses_and_is_named",
    ),
    Saboteur(
        "clauses are skipped",
        "deciding/choose.py",
        "if verdict is False:",
        "if False:",
        "tests/unit/test_deciding.py::test_a_clause_that_does_not_hold_refuses",
    ),
    Saboteur(
        "grants are ignored",
        "access.py",
        "        return any(\n            not roles.isdisjoint(granted.get((workflow, state, permission)",
        "        return True or any(\n            not roles.isdisjoint(granted.get((workflow, state, permission)",
        "tests/faults/test_f84_deny_by_default.py",
    ),
    Saboteur(
        "a broken glass never ends",
        "desk/engine.py",
        "glass.person == actor.person and now < glass.until",
        "glass.person == actor.person",
        "tests/access/test_f86_break_glass.py::test_f86_it_ends_by_the_clock",
    ),
    Saboteur(
        "what is shown is not written down first",
        "desk/accesslog.py",
        "    if shown:\n        write_alone",
        "    if not shown:\n        write_alone",
        "tests/access/test_access_log.py::test_every_outlet_that_shows_it_writes_one_line",
    ),
    Saboteur(
        "a role does not reach the units below",
        "model/units.py",
        "return self._within.get(unit, (unit,))",
        "return (unit,)",
        "tests/access/test_units.py::test_a_role_holds_in_its_unit_and_all_below",
    ),
    Saboteur(
        "roles hold in every unit",
        "access.py",
        "held = actor.roles if actor.unit is None or actor.unit in units.way_up(unit) else frozenset()",
        "held = actor.roles",
        "tests/storage/test_worklists.py::test_f81_a_guessed_id_answers_like_one_that_is_not_there",
    ),
    Saboteur(
        "the roles of a transition are ignored",
        "deciding/admit.py",
        "if not item.roles.isdisjoint(roles)]",
        "]",
        "tests/unit/test_deciding.py::test_a_role_is_asked_for",
    ),
    Saboteur(
        "the write lock is taken too late",
        "storage/sql/sqlite.py",
        '"BEGIN IMMEDIATE" if writes',
        '"BEGIN" if writes',
        "tests/faults/test_f07_store_is_locked.py",
    ),
    Saboteur(
        "other bytes are hashed than are stored",
        "storage/log.py",
        "hashlib.sha256(body).digest(), values)",
        "hashlib.sha256(body[1:]).digest(), values)",
        "tests/storage/test_verify.py::test_an_untouched_store_is_whole",
    ),
    Saboteur(
        "four eyes compare accounts",
        "deciding/decide.py",
        "draft.acts[trigger] = draft.move.actor.person",
        "draft.acts[trigger] = draft.move.actor.id",
        "tests/unit/test_deciding.py::test_who_acts_again_is_the_person_and_not_the_account",
    ),
    Saboteur(
        "an amended act stays valid",
        "deciding/decide.py",
        "    for name in draft.changed():\n        for act in",
        "    for name in ():\n        for act in",
        "tests/unit/test_deciding.py::test_amending_what_an_act_covered_voids_the_act",
    ),
    Saboteur(
        "a stale case is taken",
        "desk/firing.py",
        "if isinstance(case, Case) and case.revision != snapshot.revision:",
        "if False:",
        "tests/faults/test_f21_stale_case.py",
    ),
    Saboteur(
        "a request id serves two contents",
        "desk/requests.py",
        "if not engine.store.requests.asked_for(transaction, actor.tenant, found[0], content):",
        "if False:",
        "tests/faults/test_f20_double_submit.py::test_a_request_id_is_for_one_content",
    ),
    Saboteur(
        "a timer is not claimed",
        "storage/timers.py",
        'transaction.run(self._claim, {**key, "b_due_at": to_micros(timer.due_at)}).rowcount == 1',
        "True",
        "tests/faults/test_f45_timers_fire_once.py",
    ),
    Saboteur(
        "timers of a state that ended stay armed",
        "storage/timers.py",
        "        for name in drop:\n",
        "        for name in ():\n",
        "tests/faults/test_f46_timers_of_a_state_that_ended.py::test_leaving_a_state_takes_its_timer_along",
    ),
    Saboteur(
        "an observer's fault is passed on",
        "plugins.py",
        '            except BaseException as error:\n                log.error("observer',
        '            except BaseException as error:\n                raise\n                log.error("observer',
        "tests/plugins/test_f95_hooks_that_raise.py",
    ),
    Saboteur(
        "one more than there is may be taken",
        "deciding/effects.py",
        "(low is not None and left < low and change < 0)",
        "(low is not None and left < low - 1 and change < 0)",
        "tests/faults/test_f18_nothing_is_spent_twice.py",
    ),
    Saboteur(
        "a deadline is overdue a moment too late in SQL",
        "storage/predicate.py",
        "<= to_micros(asking.now), false())",
        "< to_micros(asking.now), false())",
        "tests/storage/test_readers_agree.py::test_both_readers_answer_the_same",
    ),
    Saboteur(
        "fields are shown to everybody",
        "desk/viewing.py",
        "for name, value in snapshot.data.items() if name in visible}",
        "for name, value in snapshot.data.items()}",
        "tests/unit/test_viewing.py",
    ),
    Saboteur(
        "personal values are hashed in plain",
        "storage/log.py",
        "                goes = kept\n",
        "                goes = shown\n",
        "tests/storage/test_log.py::test_f62_the_hashed_bytes_hold_nothing_but_open_values",
    ),
    Saboteur(
        "half a firing is committed when the rest fails",
        "storage/sql/transactions.py",
        "                    self._backend.roll_back(raw)\n                    raise\n",
        "                    self._commit(raw, transaction)\n                    raise\n",
        "tests/faults/test_f60_log_cannot_be_written.py",
    ),
    Saboteur(
        "an adoption shows values to whoever reads now",
        "deciding/adopting.py",
        "    if wider:\n",
        "    if False:\n",
        "tests/storage/test_told_in_confidence.py::test_a_value_is_not_adopted_into_the_sight_of_others",
    ),
    Saboteur(
        "a search asks the present definition alone",
        "storage/search.py",
        "            if audience != self.compiled.access.audience(known):\n",
        "            if False:\n",
        "tests/storage/test_told_in_confidence.py::test_f82_a_search_tells_no_values_of_cases_whose_own_manifest_hides_them",
    ),
    Saboteur(
        "a file forgets the definition that it was enclosed under",
        "desk/viewing.py",
        "return then.compiled.access.reads(field, then.roles) and now",
        "return now",
        "tests/storage/test_told_in_confidence.py::test_f101_a_file_is_shown_where_its_own_time_and_the_present_allow_it",
    ),
    Saboteur(
        "one person places what two have to do",
        "deciding/placing.py",
        "if not problems or access.may(VOUCH",
        "if True or access.may(VOUCH",
        "tests/storage/test_vouching.py::test_a_state_that_two_persons_bring_about_is_not_placed_by_one",
    ),
    Saboteur(
        "the readers of a field are forgotten",
        "access.py",
        "named = frozenset(field.readers) or self._readers.get(",
        "named = self._readers.get(",
        "tests/plugins/test_outfit.py::test_readers_of_a_field_stand_instead_of_those_of_its_class",
    ),
    Saboteur(
        "an invariant that came along is left out",
        "manifest.py",
        "invariants=(*case_type.invariants, *(item for outfit in brought for item in outfit.invariants)),",
        "invariants=case_type.invariants,",
        "tests/plugins/test_outfit.py::test_an_invariant_that_came_along_is_kept",
    ),
    Saboteur(
        "a withdrawn file is handed out",
        "storage/enclosures.py",
        'kept.pop(frame.content.get("withdraws", 0), None)',
        "kept.pop(0, None)",
        "tests/storage/test_enclosures.py",
    ),
    Saboteur(
        "a request is remembered in a transaction of its own",
        "desk/requests.py",
        "    engine.store.requests.insert(transaction, actor.tenant, actor.id, request_id, content, receipt)\n",
        "    told = (actor.tenant, actor.id, request_id, content, receipt)\n"
        "    keep = engine.store.transactions.carried\n"
        "    transaction.after_commit.append(lambda: keep(lambda later: engine.store.requests.insert(later, *told)))\n",
        "tests/simulation/test_simulation.py::test_whatever_fails_and_dies_what_was_told_stays_true",
    ),
    Saboteur(
        "a timer is claimed in a transaction of its own",
        "worker/timers.py",
        "    if not engine.store.timers.claim(transaction, timer) or found is None:\n",
        "    claimed = engine.store.timers.claim(transaction, timer)\n"
        '    transaction.send("COMMIT")\n    transaction.send("BEGIN")\n'
        "    if not claimed or found is None:\n",
        "tests/simulation/test_simulation.py::test_whatever_fails_and_dies_what_was_told_stays_true",
    ),
    Saboteur(
        "a letter that may go once is not marked before it goes",
        "worker/delivery.py",
        'state: MessageState = "doubtful" if channel.delivery == "at_most_once" else "waiting"',
        'state: MessageState = "waiting"',
        "tests/simulation/test_simulation.py::test_whatever_fails_and_dies_what_was_told_stays_true",
    ),
    Saboteur(
        "a message that came in is remembered before it is applied",
        "desk/receiving.py",
        "    problem = _taken(engine, transaction, inbound, incoming)\n    if problem is None:\n        inbox.awaken",
        '    transaction.send("COMMIT")\n    transaction.send("BEGIN")\n'
        "    problem = _taken(engine, transaction, inbound, incoming)\n    if problem is None:\n        inbox.awaken",
        "tests/simulation/test_simulation.py::test_whatever_fails_and_dies_what_was_told_stays_true",
    ),
    Saboteur(
        "an address inside is reached where a name leads there",
        "channels/endpoint.py",
        "    if not found or None in checked:\n",
        "    if not found:\n",
        "tests/channels/test_f91_addresses.py::test_f91_a_name_that_is_bound_anew_is_looked_at_anew",
    ),
    Saboteur(
        "a signature covers the body alone",
        "channels/signing.py",
        'return b"%s.%s.%s" % (message_id.encode(), timestamp.encode(), body)',
        "return body",
        "tests/channels/test_f42_messages_in_any_order.py::test_f42_what_is_forged_is_refused_whatever_is_forged",
    ),
    Saboteur(
        "the explorer follows no deadline",
        "exploring/beginning.py",
        "for ring in here.ringing:",
        "for ring in ():",
        "tests/exploring/test_composition_faults.py",
    ),
    Saboteur(
        "the explorer breaks no invariant",
        "exploring/resting.py",
        "for each in there.broken:",
        "for each in ():",
        "tests/exploring/test_composition_faults.py",
    ),
    Saboteur(
        "the explorer leaves no workflow behind",
        "exploring/resting.py",
        "if there.left:",
        "if False:",
        "tests/exploring/test_composition_faults.py",
    ),
    Saboteur(
        "the explorer keeps every act",
        "exploring/voiding.py",
        "return way.after(Change(clear, void)) if void else way",
        "return way",
        "tests/exploring/test_composition_faults.py",
    ),
    Saboteur(
        "the explorer reads a negation as what it negates",
        "exploring/region.py",
        "            return false, true\n        case tree.Optional",
        "            return true, false\n        case tree.Optional",
        "tests/exploring/test_composition_faults.py",
    ),
    Saboteur(
        "the explorer looks for no case without an ending",
        "exploring/questions.py",
        "    if lost:\n",
        "    if False:\n",
        "tests/exploring/test_composition_faults.py",
    ),
]


SAMPLE = 3
"""The short form plants every third."""
SAMPLED = [
    pytest.param(saboteur, id=saboteur.name, marks=pytest.mark.long if place % SAMPLE else ())
    for place, saboteur in enumerate(SABOTEURS)
]


@pytest.mark.parametrize("saboteur", SABOTEURS, ids=lambda saboteur: saboteur.name)
def test_the_place_of_each_bug_is_still_there(saboteur: Saboteur) -> None:
    text = (ROOT / "src" / "casework" / saboteur.file).read_text(encoding="utf-8")

    assert 1 == text.count(saboteur.old), f"{saboteur.file} does not say exactly once: {saboteur.old}"


@pytest.mark.parametrize("saboteur", SAMPLED)
def test_a_planted_bug_is_noticed(saboteur: Saboteur, tmp_path: Path) -> None:
    copy = tmp_path / "src"
    shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
    target = copy / "casework" / saboteur.file
    text = target.read_text(encoding="utf-8")
    target.write_text(text.replace(saboteur.old, saboteur.new), encoding="utf-8")

    result = _run(saboteur.test, copy)

    assert 1 == result.returncode, f"{saboteur.test} did not notice {saboteur.name}:\n{result.stdout[-3000:]}"


def _run(test: str, source: Path) -> subprocess.CompletedProcess[str]:
    """Run one test on the sabotaged copy; exit code 1 says that it ran and failed."""
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", test, "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
