"""Random values, conditions and definitions, for every property test; each name is a plural noun.

``case_types()`` and ``workflows()`` are well formed and use everything that a definition can say, but make
no sense. ``sound_case_types()`` (in ``sound.py``) make sense: they pass the static check and can be run.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sound import forms, small_values, sound_case_types

from casework.condition import tree
from casework.condition.literal import Value, checked
from casework.condition.tree import ALWAYS, All, Among, Compare, Condition, Differs, HasRole, Known, Not, Overdue
from casework.model import command
from casework.model.casetype import CaseType
from casework.model.command import Doer, Effect, Given, Held, Now, Source, Unit
from casework.model.fields import FIELD_CLASSES, FIELD_TYPES, Choice, Field
from casework.model.outfit import ACCOUNT_OWNERS, Account, Invariant, Outfit, Role, Worklist
from casework.model.workflow import PERMISSIONS, SLOT_KINDS, Deadline, Slot, State, Transition, Workflow
from casework.text import Text

__all__ = [
    "case_types",
    "conditions",
    "definitions",
    "fields",
    "forms",
    "names",
    "small_values",
    "sound_case_types",
    "texts",
    "values",
    "workflows",
]

# Words that other readers of YAML take for something else, and names that look like numbers.
_ODD_NAMES = ["on", "off", "yes", "no", "null", "true", "y", "e1", "nan", "inf", "x0"]


def names() -> SearchStrategy[str]:
    """Names as definitions allow them, some of them traps of YAML."""
    return st.sampled_from(_ODD_NAMES) | st.from_regex(r"[a-z](_?[a-z0-9]){0,5}", fullmatch=True)


def qualified_names() -> SearchStrategy[str]:
    """Names, perhaps of an attached workflow."""
    return names() | st.builds("{}.{}".format, names(), names())


def texts() -> SearchStrategy[str]:
    """Any text that a document can hold: all of Unicode but NUL and surrogates."""
    tricky = st.sampled_from(
        ["", " ", "- a", "a: b", "#", "2026-01-31", "1_000", "0123", ".inf", "~", "是", "\u2028\x85"]
    )
    return tricky | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def titles() -> SearchStrategy[Text]:
    """Titles in no, one or both languages."""
    return st.builds(Text, en=texts(), zh=texts()) | st.just(Text())


def values(kind: str | None = None) -> SearchStrategy[Value]:
    """Canonical values of one kind, or of all seven."""
    kinds: dict[str, SearchStrategy[Any]] = {
        "text": texts(),
        "boolean": st.booleans(),
        "integer": st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3),
        "float": st.floats(allow_nan=False, allow_infinity=False),
        "decimal": st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=6),
        "date": st.dates(),
        "instant": st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 30), timezones=st.just(UTC)),
    }
    chosen = kinds["text" if kind == "choice" else kind] if kind else st.one_of(*kinds.values())
    return chosen.map(checked)


def durations() -> SearchStrategy[timedelta]:
    """Whole seconds, up to some years."""
    whole = st.integers(0, 400).flatmap(lambda n: st.sampled_from([timedelta(n), timedelta(hours=n)]))
    return whole | st.integers(0, 10**8).map(lambda n: timedelta(seconds=n))


def _several(item: SearchStrategy[Any], most: int = 3) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(item, max_size=most).map(tuple)


def _operands() -> SearchStrategy[tree.Operand]:
    kinds: tuple[Any, ...] = (tree.FieldRef, tree.GivenRef, tree.StateRef, tree.BalanceRef)
    return st.sampled_from(kinds).flatmap(lambda kind: st.builds(kind, qualified_names()))


def atoms() -> SearchStrategy[Condition]:
    """Conditions without conditions inside."""
    operators = st.sampled_from(tree.OPERATORS)
    facts = st.builds(tree.FieldRef, qualified_names()) | st.builds(tree.GivenRef, names())
    return st.one_of(
        st.builds(Compare, _operands(), operators, values()),
        st.builds(Compare, st.builds(tree.ElapsedRef, qualified_names()), operators, durations()),
        st.builds(Among, _operands(), _several(values())),
        st.builds(Known, facts),
        st.builds(Overdue, qualified_names()),
        st.builds(HasRole, names()),
        st.builds(Differs, qualified_names()),
        st.builds(tree.Slotted, names()),
        st.sampled_from([tree.ALWAYS, tree.NEVER]),
    )


def conditions(leaves: SearchStrategy[Condition] | None = None, size: int = 6) -> SearchStrategy[Condition]:
    """Conditions put together from *leaves* (by default everything that the language can say)."""

    def grown(inner: SearchStrategy[Condition]) -> SearchStrategy[Condition]:
        return st.one_of(
            st.builds(All, _several(inner)),
            st.builds(tree.Any, _several(inner)),
            st.builds(Not, inner),
            *([st.builds(tree.Optional, names(), inner)] if leaves is None else []),
        )

    return st.recursive(atoms() if leaves is None else leaves, grown, max_leaves=size)


def fields() -> SearchStrategy[Field]:
    """Fields with bounds of their own kind."""
    return st.sampled_from(FIELD_TYPES).flatmap(_fields_of)


def _fields_of(kind: Any) -> SearchStrategy[Field]:
    bounds = st.none() | values(kind)
    choices = _several(st.builds(Choice, names(), titles())) if kind == "choice" else st.just(())
    return st.builds(
        Field,
        qualified_names(),
        st.just(kind),
        required=st.booleans(),
        field_class=st.sampled_from(FIELD_CLASSES),
        title=titles(),
        choices=choices,
        minimum=bounds,
        maximum=bounds,
        max_length=st.just(2_000) | st.integers(1, 10_000),
        derived_from=_several(names()),
        managed=st.booleans(),
        readers=_several(names(), 2),
    )


def sources() -> SearchStrategy[Source]:
    """What an effect may take a value from."""
    return st.one_of(
        st.none(),
        values(),
        st.builds(Given, names()),
        st.builds(Held, qualified_names()),
        st.sampled_from([Now(), Doer(), Unit()]),
    )


def effects() -> SearchStrategy[Effect]:
    """Every kind of effect; setting a field from the form of the same name is frequent."""
    pairs = st.dictionaries(names(), sources(), max_size=3)
    amounts = st.integers(1, 9) | st.builds(Given, names()) | st.builds(Held, names())
    return st.one_of(
        st.builds(command.Set, qualified_names(), sources()),
        names().map(lambda name: command.Set(name, Given(name))),
        st.builds(command.Post, names(), names(), amounts, st.none() | names()),
        st.builds(command.Settle, names()),
        st.builds(command.Void, names()),
        st.builds(command.Send, names(), sources(), pairs),
        st.builds(command.Open, names(), pairs, sources(), subjects=st.dictionaries(names(), names(), max_size=2)),
        st.builds(command.Assign, names(), sources()),
        st.just(command.Recheck()),
        st.builds(command.Run, names()),
    )


def _grants(keys: SearchStrategy[str]) -> SearchStrategy[dict[str, tuple[str, ...]]]:
    return st.dictionaries(keys, _several(names()), max_size=2)


def _states() -> SearchStrategy[State]:
    return st.builds(
        State,
        names(),
        title=titles(),
        final=st.booleans(),
        phases=_several(names(), 2),
        grants=_grants(st.sampled_from(PERMISSIONS)),
    )


def _transitions() -> SearchStrategy[Transition]:
    return st.builds(
        Transition,
        qualified_names(),
        _several(names()),
        st.none() | names(),
        phase=st.none() | names(),
        roles=_several(names()),
        condition=st.just(ALWAYS) | conditions(),
        guards=_several(names(), 2),
        form=_several(fields(), 2),
        effects=_several(effects()),
        four_eyes=_several(qualified_names(), 2),
        automatic=st.booleans(),
        title=titles(),
        because=titles(),
    )


def workflows() -> SearchStrategy[Workflow]:
    """Workflows with fields and slots, as if to be attached."""
    deadlines = st.builds(
        Deadline, qualified_names(), _several(names()), durations(), trigger=st.none() | names(), title=titles()
    )
    slots = st.builds(
        Slot, names(), st.sampled_from(SLOT_KINDS), st.none() | st.sampled_from(FIELD_TYPES), title=titles()
    )
    return st.builds(
        Workflow,
        names(),
        initial=names(),
        states=_several(_states()),
        transitions=_several(_transitions()),
        deadlines=_several(deadlines, 2),
        version=st.integers(1, 9),
        title=titles(),
        fields=_several(fields(), 2),
        slots=_several(slots, 2),
        outfit=st.just(Outfit()) | _outfits(),
    )


def _outfits() -> SearchStrategy[Outfit]:
    return st.builds(
        Outfit,
        roles=_several(_role_values(), 2),
        worklists=_several(_worklists(), 1),
        accounts=_several(_accounts(), 1),
        invariants=_several(_invariants(), 1),
    )


def _role_values() -> SearchStrategy[Role]:
    return st.builds(Role, names(), title=titles(), local=st.booleans())


def _invariants() -> SearchStrategy[Invariant]:
    return st.builds(Invariant, names(), conditions(), because=titles())


def _worklists() -> SearchStrategy[Worklist]:
    return st.builds(
        Worklist,
        names(),
        _several(names()),
        workflow=st.none() | names(),
        condition=conditions(),
        roles=_several(names()),
        title=titles(),
    )


def _accounts() -> SearchStrategy[Account]:
    limits = st.none() | st.integers(-5, 50)
    return st.builds(
        Account,
        names(),
        names() | st.just(""),
        owner=st.sampled_from(ACCOUNT_OWNERS) | names(),
        by=st.none() | names(),
        minimum=limits,
        maximum=limits,
        title=titles(),
    )


def case_types() -> SearchStrategy[CaseType]:
    """Case types that use all features."""
    return st.builds(
        CaseType,
        names(),
        chain=_several(workflows(), 2),
        version=st.integers(1, 9),
        title=titles(),
        data=_several(fields()),
        subjects=_several(names(), 2) | st.just(("person",)),
        roles=_several(_role_values()),
        opens=_several(names()),
        grants=_grants(st.sampled_from(PERMISSIONS)),
        readers=_grants(st.sampled_from(FIELD_CLASSES)),
        worklists=_several(_worklists(), 2),
        accounts=_several(_accounts(), 2),
        invariants=_several(_invariants(), 2),
    )


def definitions() -> SearchStrategy[CaseType | Workflow]:
    """Whatever a document can hold."""
    return workflows() | case_types()
