"""The shape of resources, checked by fhir.resources; it is asked for only here, and only when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework import SetupError
from casework_hospital.fhir.violation import UnreadableMessage, Violation, wrong

SHOWN = 20
"""Violations that one answer lists at most."""


def check_shape(resource: Mapping[str, Any], path: str) -> None:
    """Hold *resource* to the structure of its type in R4B.

    Raises UnreadableMessage, or SetupError where the library is missing.
    """
    violations = list(shape_violations(resource, path))
    if violations:
        raise UnreadableMessage(violations)


def shape_violations(resource: Mapping[str, Any], path: str) -> Iterator[Violation]:
    """What R4B says is wrong with *resource*, without its values: those may be somebody's."""
    try:
        from fhir.resources.R4B import get_fhir_model_class
        from pydantic import ValidationError
    except ModuleNotFoundError as error:
        raise SetupError("reading and writing FHIR needs fhir.resources; install casework-hospital[fhir]") from error
    try:
        get_fhir_model_class(str(resource.get("resourceType"))).model_validate(dict(resource))
    except ValidationError as error:
        for found in error.errors(include_input=False, include_url=False)[:SHOWN]:
            place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in found["loc"])
            kind = str(found["type"]).replace("_", " ")
            yield wrong(f"{path}{place}", f"is not as R4B asks ({kind})", f"不符合 R4B 结构要求（{kind}）")
    except (KeyError, LookupError, TypeError, ValueError):
        yield wrong(path, "is not a resource of R4B", "不是 R4B 资源")
