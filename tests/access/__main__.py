"""``python -m access`` in ``tests/`` writes the access tables of every shipped case type anew; read what changed."""

from __future__ import annotations

from access.shipped import TABLES, shipped

from casework.testing import access_rows

TABLES.mkdir(exist_ok=True)
for name, case_type in shipped().items():
    (TABLES / f"{name}.txt").write_text(access_rows(case_type), encoding="utf-8")
