"""Every exception that casework raises. A leaf: it imports nothing of casework at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class Reentered(CaseworkError):
    """A desk was used where it may not be: while a firing is decided, or after its transaction has ended."""

    code = "reentered"


class BlobDamaged(CaseworkError):
    """The bytes of an enclosure are not there, or are others than were enclosed; *digest* says which."""

    code = "blob-damaged"

    def __init__(self, digest: str, problem: str) -> None:
        super().__init__(f"the blob {digest[:12]}… cannot be used: {problem}; restore it from a backup")
        self.digest, self.problem = digest, problem
