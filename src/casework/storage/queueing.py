"""The database itself queues each new entry for the log of all entries, so that no writer can forget it."""

from __future__ import annotations

_ROW = "INSERT INTO casework_unlogged (tenant, case_id, number) VALUES (NEW.tenant, NEW.case_id, NEW.number)"
_AFTER = "CREATE TRIGGER casework_queues_entry AFTER INSERT ON casework_entry"
_FUNCTION = "CREATE OR REPLACE FUNCTION casework_queues_entry() RETURNS trigger LANGUAGE plpgsql"

QUEUE_ALL = (
    "INSERT INTO casework_unlogged (tenant, case_id, number) "
    "SELECT tenant, case_id, number FROM casework_entry ORDER BY tenant, case_id, number"
)
"""What a store needs that had entries before it had a queue."""

QUEUEING: dict[str, tuple[str, ...]] = {
    "sqlite": (f"{_AFTER} BEGIN {_ROW}; END",),
    "postgresql": (
        f"{_FUNCTION} AS $$ BEGIN {_ROW}; RETURN NULL; END $$",
        f"{_AFTER} FOR EACH ROW EXECUTE FUNCTION casework_queues_entry()",
        # Logical replication of deletions needs to know whole rows of a table that has no key.
        "ALTER TABLE casework_unlogged REPLICA IDENTITY FULL",
    ),
}
"""What has to be said once the tables are there, by dialect."""
