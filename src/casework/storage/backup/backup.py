"""Back a store up with the files of its cases, and put a backup back into an empty place."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import attrs
from sqlalchemy import func, make_url, select

from casework.blobs import BlobStore
from casework.errors import BlobDamaged, SetupError
from casework.ids import Entropy, system_entropy
from casework.storage import schema
from casework.storage.backup import dumping, filing
from casework.storage.backup.archive import Archive, Backup, Source, check_files, opened, read_manifest
from casework.storage.backup.envelope import opened_with, sealed_for
from casework.storage.enclosures import held
from casework.storage.sql.engine import StoreOptions, open_engine
from casework.storage.sql.transaction import Transaction
from casework.storage.store import Store

BLOBS = "blobs"


def back_up(
    url: str,
    folder: Path,
    *,
    at: datetime,
    blobs: BlobStore | None = None,
    seal_for: Path | None = None,
    programs: Path | None = None,
    entropy: Entropy = system_entropy,
) -> Backup:
    """Write a backup of the store at *url* into the new *folder*; the store goes on working meanwhile.

    The database is copied at one instant, then every file of *blobs* that a case kept at that instant. With
    *seal_for*, the public half of a backup key, nothing of it is plain. Keys of persons are not part of it.
    *programs* is the folder of PostgreSQL's own programs where they are not on the path. What was written is read
    again; one that is not whole ends as SetupError and without a manifest.
    """
    engine = open_engine(url, StoreOptions())
    try:
        store = Store(engine, entropy)
        envelope, sealed = (None, None) if seal_for is None else sealed_for(seal_for, entropy)
        archive = Archive(folder, envelope)
        copied = filing.copied if engine.dialect.name == "sqlite" else dumping.dumped
        with copied(store, archive, Source(url, programs, sealed=envelope is not None)) as transaction:
            told = _told(transaction, store, at, sealed)
            kept = sorted(held(transaction)[1])
        if kept and blobs is None:
            raise SetupError("the cases of this store keep files; say where those are (--blobs DIR)")
        lost = tuple(digest for digest in kept if blobs is not None and not _added(archive, blobs, digest))
        done = archive.finish(attrs.evolve(told, lost=lost))
    finally:
        engine.dispose()
    damaged = check_files(folder, done)
    if damaged:
        (folder / "manifest.json").unlink()
        raise SetupError(f"{damaged[0]} cannot be read back as it was written; use another disk")
    return done


def _added(archive: Archive, blobs: BlobStore, digest: str) -> bool:
    """Whether a file of the cases could be copied: one may have been withdrawn since, or may be missing already."""
    try:
        content = blobs.open(digest)
    except BlobDamaged:
        return False
    with content:
        archive.add(f"{BLOBS}/{digest[:2]}/{digest}", content)
    return True


def _told(transaction: Transaction, store: Store, at: datetime, sealed: dict[str, str] | None) -> Backup:
    c = schema.case.c
    with store.tables.connected() as connection:
        version = store.tables.version(connection)
    if version is None:
        raise SetupError("there are no tables to back up; is this the right store?")
    entries, leaves = (
        int(transaction.ask(select(func.count()).select_from(table))[0][0]) for table in (schema.entry, schema.leaf)
    )
    heads, cases = hashlib.sha256(), 0
    for tenant, case_id, head in transaction.each(select(c.tenant, c.id, c.head).order_by(c.tenant, c.id)):
        heads.update(b"".join(len(part).to_bytes(4, "big") + part for part in (tenant.encode(), case_id.encode())))
        heads.update(bytes(head))
        cases += 1
    return Backup(
        database=transaction.dialect.name,
        version=version,
        at=at.isoformat(timespec="seconds"),
        cases=cases,
        entries=entries,
        leaves=leaves,
        heads=heads.hexdigest(),
        files=(),
        sealed=sealed,
    )


def restore(
    folder: Path,
    url: str,
    *,
    blobs: BlobStore | None = None,
    key: Path | None = None,
    programs: Path | None = None,
) -> Backup:
    """Put the backup in *folder* into the store at *url*, which must be empty; answers with its manifest.

    Every file is held against its digest before anything is written. *key* is the secret half of the key of a
    sealed backup. Raises SetupError where the place is not empty, the backup not whole, or the key another one.
    """
    told = read_manifest(folder)
    damaged = check_files(folder, told)
    if damaged:
        raise SetupError(f"{len(damaged)} files of the backup are damaged or missing, first {damaged[0]}")
    if told.sealed is not None and key is None:
        raise SetupError("this backup is sealed; name the secret key that it was sealed for (--open-with FILE)")
    envelope = None if told.sealed is None or key is None else opened_with(key, told.sealed)
    papers = [file.name for file in told.files if file.name.startswith(f"{BLOBS}/")]
    if papers and blobs is None:
        raise SetupError("the backup holds files of cases; say where they shall be (--blobs DIR)")
    if make_url(url).get_backend_name() != told.database:
        raise SetupError(
            f"this is a backup of {told.database}; `casework export` and `import` lead to another database"
        )
    put = filing.put_back if told.database == "sqlite" else dumping.put_back
    put(folder, url, envelope, programs)
    for name in papers:
        with opened(folder, name, envelope) as content:
            if blobs is not None and blobs.put(content) != name.rpartition("/")[2]:
                raise BlobDamaged(name.rpartition("/")[2], "the backup holds other bytes under its name")
    return told
