"""What an application is made of: its own contributions and those of its plugins, checked all together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from casework.blobs import BlobStore, EnclosureLimits
from casework.calendars import Calendar
from casework.errors import SetupError, UnsoundDefinition
from casework.manifest import Manifest, compose
from casework.model.attachment import Attachment, Require
from casework.model.casetype import CaseType
from casework.model.finding import Finding
from casework.model.units import Units
from casework.parts import Channel, EffectPart, Guard, Inbound, Part
from casework.plugins import Plugins, keep_apart, several, unique
from casework.soundness import check, check_requirements

HERE = "this application"


@attrs.frozen(kw_only=True)
class Collected:
    """Everything by its name, with the manifests that new cases are pinned to."""

    plugins: Plugins
    parts: dict[str, Part]
    inbound: dict[str, Inbound]
    manifests: dict[str, Manifest]
    warnings: tuple[Finding, ...]


def collected(
    case_types: Iterable[CaseType],
    parts: Iterable[Part],
    attachments: Iterable[Attachment],
    requirements: Iterable[Require],
    plugins: Iterable[Any],
) -> Collected:
    """Collect and check. Raises UnsoundDefinition, Conflict and SetupError, as Casework() does."""
    manager = Plugins(several("plugins", plugins))
    own = several("case_types", case_types, CaseType)
    parts = several("parts", parts, Guard, EffectPart, Channel, Inbound, Calendar)
    attachments = several("attachments", attachments, Attachment)
    requirements = several("requirements", requirements, Require)
    given = [*((HERE, item) for item in own), *manager.case_types()]
    types: dict[str, CaseType] = unique("case type", given, lambda item: item.name)
    offered = [*((HERE, part) for part in parts), *manager.parts()]
    named: dict[str, Part] = unique("part", [p for p in offered if not isinstance(p[1], Inbound)], _name)
    inbound: dict[str, Inbound] = unique("source", [p for p in offered if isinstance(p[1], Inbound)], _name)
    bound = [*((HERE, item) for item in attachments), *manager.attachments()]
    keep_apart(given, bound)
    required = [*requirements, *(attrs.evolve(i, source=i.source or who) for who, i in manager.requirements())]
    manifests, warnings = _checked(types, named, [item for _, item in bound], required)
    return Collected(plugins=manager, parts=named, inbound=inbound, manifests=manifests, warnings=warnings)


def _name(part: Part) -> str:
    return part.name


def _checked(
    types: Mapping[str, CaseType],
    parts: Mapping[str, Part],
    attachments: list[Attachment],
    requirements: list[Require],
) -> tuple[dict[str, Manifest], tuple[Finding, ...]]:
    """Compose and check every case type; all errors of all of them are raised together, warnings are given back."""
    findings = [
        Finding("CW505", f"attach {item.workflow.name}", f"there is no case type {item.case_type!r}")
        for item in attachments
        if item.case_type not in types
    ]
    findings += [
        Finding("CW504", f"require {item.target}", f"there is no case type {item.case_type!r}")
        for item in requirements
        if item.case_type not in types
    ]
    manifests: dict[str, Manifest] = {}
    for name, case_type in types.items():
        manifest, found = compose(
            case_type,
            [item for item in attachments if item.case_type == name],
            [item for item in requirements if item.case_type == name],
        )
        findings += found
        found = check(manifest.case_type, parts, own=manifest.own, other_case_types=types)
        found += check_requirements(manifest.case_type, manifest.requirements)
        findings += [attrs.evolve(item, path=f"{name}: {item.path}") for item in found]
        manifests[name] = manifest
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise UnsoundDefinition(errors)
    return manifests, tuple(findings)


def check_runner(runner: object) -> None:
    """Raise SetupError for what is no job engine."""
    if runner is not None and (isinstance(runner, type) or not callable(getattr(runner, "enqueue", None))):
        raise SetupError(f"runner takes a Runner, such as Procrastinate(), not {type(runner).__name__}")


def check_units(units: object) -> None:
    """Raise SetupError for what is no tree of units, and gives none."""
    if not isinstance(units, Units) and (isinstance(units, type) or not callable(units)):
        raise SetupError(f"units takes Units(…), or a function that gives one, not {type(units).__name__}")


def check_blobs(blobs: object, enclosures: object) -> None:
    """Raise SetupError for what keeps no files, and for limits that are none."""
    if blobs is not None and (isinstance(blobs, type) or not isinstance(blobs, BlobStore)):
        raise SetupError(f"blobs takes a BlobStore, such as BlobFolder('papers'), not {type(blobs).__name__}")
    if enclosures is not None and not isinstance(enclosures, EnclosureLimits):
        raise SetupError(f"enclosures takes EnclosureLimits(…), not {type(enclosures).__name__}")
