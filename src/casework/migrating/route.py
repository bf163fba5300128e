"""The way from older manifests into the present one, as a migration describes it; checked for each that is left."""

from __future__ import annotations

from functools import cached_property

from casework.compiled import Compiled
from casework.errors import UnsoundDefinition
from casework.migrating.rules import Rules
from casework.model.migration import Migration


def applies(migration: Migration, left: Compiled) -> bool:
    """Whether the migration is for cases under that manifest."""
    of_version = migration.from_version in (None, left.case_type.version)
    return (
        migration.case_type == left.case_type.name
        and of_version
        and left.manifest.hash.startswith(migration.from_manifest)
    )


class Route:
    """A migration, with its rules for every manifest that cases leave by it."""

    def __init__(self, migration: Migration) -> None:
        self.migration = migration
        self._rules: dict[tuple[str, str], Rules] = {}

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self.migration.name

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of its document, by which the log tells which one it was."""
        from casework.loader.migration import digest_of  # what writes documents waits for the first that is asked for

        return digest_of(self.migration)

    def rules(self, left: Compiled, right: Compiled) -> Rules:
        """The rules between two manifests. Raises UnsoundDefinition where the migration does not fit them."""
        key = left.manifest.hash, right.manifest.hash
        if key not in self._rules:
            from casework.migrating.checking import check_rules

            rules = Rules(left, right, self.migration)
            errors = [item for item in check_rules(rules) if item.level == "error"]
            if errors:
                raise UnsoundDefinition(errors)
            self._rules[key] = rules
        return self._rules[key]
