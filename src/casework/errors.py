"""Every exception that casework raises. A leaf: it imports nothing of casework at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from casework.model.finding import Finding
    from casework.model.refusal import Refusal

DOCS = "docs/reference/errors.md"


class CaseworkError(Exception):
    """The root: catching it catches everything that casework raises on purpose."""

    code: ClassVar[str] = "casework-error"

    @property
    def page(self) -> str:
        """Where the documentation explains this error, as path and heading."""
        return f"{DOCS}#{self.code}"


class Refused(CaseworkError):
    """The engine said no; *refusal* says why and what would help. Nothing was written."""

    code = "refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class SetupError(CaseworkError):
    """The application was put together wrongly; it is thrown away, never half-loaded."""

    code = "setup-error"


class UnsoundDefinition(SetupError):
    """The definitions are not fit to run; *findings* lists every mistake at once."""

    code = "unsound-definition"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        lines = "\n".join(f"  {finding}" for finding in self.findings)
        super().__init__(f"the definition is unsound:\n{lines}")


class DocumentError(SetupError):
    """A document could not be read; *findings* names each mistake with path, line and code."""

    code = "document-error"

    def __init__(self, source: str, findings: Sequence[Finding]) -> None:
        self.source = source
        self.findings = tuple(findings)
        lines = "\n".join(f"  {finding}" for finding in self.findings)
        super().__init__(f"{source} cannot be read:\n{lines}")


class Conflict(SetupError):
    """Two contributions claim the same name; *first* and *second* say who."""

    code = "conflict"

    def __init__(self, kind: str, name: str, first: str, second: str) -> None:
        super().__init__(f"{kind} {name!r} is claimed by {first} and by {second}; rename one")
        self.kind, self.name, self.first, self.second = kind, name, first, second


class InvalidValue(CaseworkError, ValueError):
    """A value is not of the kind that its field holds; *where* names the field, *problem* and *zh* say why."""

    code = "invalid-value"

    def __init__(self, where: str, problem: str, zh: str = "") -> None:
        super().__init__(f"{where}: {problem}" if where else problem)
        self.where, self.problem, self.zh = where, problem, zh or problem


class StoreUnavailable(CaseworkError):
    """The database could not be used just now; the same call may succeed later."""

    code = "store-unavailable"


class StoreMismatch(CaseworkError):
    """The tables of this store are missing or do not fit; *advice* says which command mends it."""

    code = "store-mismatch"

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(f"{problem}; {advice}")
        self.problem, self.advice = problem, advice


class WrongStatement(CaseworkError):
    """The database cannot carry out a statement as it was written; going again would not help."""

    code = "wrong-statement"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"the database cannot carry out a statement: {problem}; `casework doctor` tells whether its tables fit, "
            "else this is a fault of casework or of a plugin"
        )
        self.problem = problem


class Reentered(CaseworkError):
    """A desk was used where it may not be: while a firing is decided, or after its transaction has ended."""

    code = "reentered"


class BlobDamaged(CaseworkError):
    """The bytes of an enclosure are not there, or are others than were enclosed; *digest* says which."""

    code = "blob-damaged"

    def __init__(self, digest: str, problem: str) -> None:
        super().__init__(f"the blob {digest[:12]}… cannot be used: {problem}; restore it from a backup")
        self.digest, self.problem = digest, problem


class KeysMismatch(StoreMismatch):
    """What is sealed in this store, and the keys that were given, do not belong together; nothing was written."""

    code = "keys-mismatch"


class KeyDestroyed(CaseworkError):
    """Something new was to be sealed for a subject whose key was destroyed when the person was erased."""

    code = "key-destroyed"

    def __init__(self, tenant: str, subject: str) -> None:
        super().__init__(f"the key of {subject!r} of tenant {tenant!r} was destroyed; nothing is written about them")
        self.tenant, self.subject = tenant, subject


class LedgerDamaged(CaseworkError):
    """The record of erasures cannot be read, so that nobody can tell who has to be erased again; *line* says where."""

    code = "ledger-damaged"

    def __init__(self, path: str, line: int) -> None:
        super().__init__(f"line {line} of {path!r} is no erasure; restore the file from a backup")
        self.path, self.line = path, line


class SealBroken(CaseworkError):
    """Something sealed was changed, cut short, or put in another place; *where* says what it was read as."""

    code = "seal-broken"

    def __init__(self, where: str) -> None:
        super().__init__(f"{where} cannot be opened: it is not what was sealed there; run `casework verify`")
        self.where = where


class RowDamaged(CaseworkError):
    """The current row of a case holds what no value of its type is; *column* says where, and never what.

    Lists leave the case out and count it (``Page.damaged``); the log of the store is not concerned.
    """

    code = "row-damaged"

    def __init__(self, case_id: str, column: str) -> None:
        super().__init__(
            f"the row of case {case_id!r} cannot be read: {column!r} holds no value of its type; "
            "run `casework verify`, and restore the row from a backup"
        )
        self.case_id, self.column = case_id, column


class StoreBehind(CaseworkError):
    """The store is older than a checkpoint that was kept outside: a backup was restored, or its end was lost.

    *size* entries were in the log when it was signed, *at* that instant (None where it does not say); *held* are
    in it now. Nothing is written until the loss is accepted, or a newer copy of the store is there.
    """

    code = "store-behind"

    def __init__(self, size: int, at: datetime | None, held: int) -> None:
        signed = "" if at is None else f" signed at {at.isoformat(timespec='seconds')}"
        lost = f"{size - held:,} entries are missing" if size > held else "its last entries are others"
        super().__init__(
            f"the store is older than the checkpoint of size {size}{signed}: {lost}; "
            "restore a newer copy, or accept the loss by `casework checkpoint --accept-loss`"
        )
        self.size, self.at, self.held = size, at, held


class LogForked(CaseworkError):
    """The log of the store and a checkpoint of the same *size* do not agree; *problem* says how."""

    code = "log-forked"

    def __init__(self, size: int, problem: str) -> None:
        super().__init__(f"the log is not the one that was signed at size {size}: {problem}; run `casework verify`")
        self.size, self.problem = size, problem


class WitnessRefused(CaseworkError):
    """A witness does not cosign; *status* is as in C2SP tlog-witness (404, 403, 409, 422), *size* what it saw last."""

    code = "witness-refused"

    def __init__(self, status: int, problem: str, size: int | None = None) -> None:
        super().__init__(f"the witness does not cosign ({status}): {problem}")
        self.status, self.problem, self.size = status, problem, size
