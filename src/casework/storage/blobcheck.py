"""Verify what cases enclose: the rows against the log, and the blobs against both."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from casework.blobs import BlobStore
from casework.blobs.checked import damage
from casework.keys.sealing import is_sealed
from casework.storage.enclosures import Enclosures, enclosed, kept_files, owners
from casework.storage.fault import Fault
from casework.storage.log import Entry, Frame
from casework.storage.sql.transaction import Transaction


class BlobCheck:
    """Looks at the enclosures of case by case; with *rehash* it reads every byte, else it asks for sizes."""

    def __init__(self, enclosures: Enclosures, blobs: BlobStore | None, *, rehash: bool) -> None:
        self._enclosures, self._blobs, self._rehash = enclosures, blobs, rehash
        self._owners: set[tuple[str, str]] = set()
        self._unseen = self.count = 0

    def compare(
        self, transaction: Transaction, tenant: str, case_id: str, entries: Sequence[Entry], frames: Sequence[Frame]
    ) -> list[Fault]:
        """The first bad enclosure of a case; what was withdrawn or erased has to be gone."""
        if not any("encloses" in frame.content for frame in frames):
            return []
        self._owners.add((tenant, case_id))
        left = frozenset(e.number for e in entries if e.values is not None and is_sealed(e.values))
        told = kept_files(frames, enclosed(entries), left)
        rows = self._enclosures.rows(transaction, tenant, case_id)
        self.count += len(told)
        bad = sorted(number for number in told.keys() | rows.keys() if told.get(number) != rows.get(number))
        if bad:
            return [Fault(tenant, case_id, bad[0], "the enclosures differ from the log")]
        if self._blobs is None:
            self._unseen += len(rows)
            return []
        for number, (digest, size) in sorted(rows.items()):
            problem = damage(self._blobs, digest, size, rehash=self._rehash)
            if problem:
                return [Fault(tenant, case_id, number, f"the file that it encloses {problem}")]
        return []

    def store_wide(self, transaction: Transaction, named: Collection[tuple[str, str]]) -> list[Fault]:
        """Rows that no entry tells of, but for cases that are *named* already; and what nobody could look at."""
        strays = [key for key in owners(transaction) if key not in self._owners and key not in named]
        found = [Fault(*key, 1, "there are rows in casework_enclosure that no entry tells of") for key in strays]
        if self._unseen:
            problem = f"the files of enclosures ({self._unseen}) were not looked at: no blob store was given"
            found.append(Fault("", "", 0, problem))
        return found
