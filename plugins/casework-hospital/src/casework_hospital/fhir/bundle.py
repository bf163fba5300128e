"""A message opened: its header and resources by type, every reference in it leading somewhere inside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from casework_hospital.fhir.checked import shape_violations
from casework_hospital.fhir.node import Node
from casework_hospital.fhir.strict import parsed
from casework_hospital.fhir.violation import UnreadableMessage, Violation

RESOURCES = (
    "MessageHeader",
    "Patient",
    "ServiceRequest",
    "Task",
    "Encounter",
    "Organization",
)
ENTRY_LIMIT = 20
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")


@attrs.frozen
class Opened:
    """The resources of one message, each as a node, by the address under which others refer to it."""

    bundle: Node
    by_address: Mapping[str, Node]

    @property
    def violations(self) -> list[Violation]:
        """What is wrong so far; whoever reads on adds to it."""
        return self.bundle.violations

    def resources(self) -> tuple[Node, ...]:
        """Every resource once, in order; each has two addresses."""
        return tuple({node.path: node for node in self.by_address.values()}.values())

    def of_type(self, kind: str) -> tuple[Node, ...]:
        """The resources of one type, in order."""
        return tuple(node for node in self.resources() if node.value.get("resourceType") == kind)

    def only(self, kind: str, *, required: bool = True) -> Node | None:
        """The one resource of that type."""
        found = self.of_type(kind)
        if len(found) > 1 or (required and not found):
            self.bundle.note("entry", f"holds one {kind}, not {len(found)}", f"应有一个 {kind}，现有{len(found)}个")
            return None
        return found[0] if found else None

    def at(self, node: Node, name: str) -> Node | None:
        """The resource that the Reference under *name* leads to."""
        reference = node.object(name)
        return None if reference is None else self.by_address.get(str(reference.value.get("reference")))

    def stop(self) -> None:
        """Raise UnreadableMessage where anything is wrong."""
        if self.violations:
            raise UnreadableMessage(self.violations)


def opened(content: bytes | str) -> Opened:
    """The message that *content* holds. Raises UnreadableMessage with everything that is wrong with its form."""
    value = parsed(content)
    violations: list[Violation] = []
    bundle = Node(value, "Bundle", violations)
    if bundle.code("resourceType", ("Bundle",)) is None or bundle.code("type", ("message",)) is None:
        raise UnreadableMessage(violations)
    by_address: dict[str, Node] = {}
    for entry in bundle.objects("entry", ENTRY_LIMIT):
        _enter(entry, by_address)
    found = Opened(bundle, by_address)
    first = next(iter(by_address.values()), None)
    if first is None or first.value.get("resourceType") != "MessageHeader":
        bundle.note("entry", "begins with a MessageHeader", "第一项应为 MessageHeader")
    for node in found.resources():
        _inside(node.value, node.path, found)
    found.stop()
    violations += shape_violations(value, "Bundle")
    found.stop()
    return found


def _enter(entry: Node, by_address: dict[str, Node]) -> None:
    resource = entry.object("resource")
    if resource is None:
        entry.note("resource", "is needed", "不能缺少")
        return
    kind = resource.code("resourceType", RESOURCES)
    name = resource.text("id", required=True, limit=64)
    if kind is None or name is None:
        return
    if not _ID.match(name):
        resource.note("id", "is no id of FHIR", "不是有效的 FHIR 标识")
        return
    addresses = {f"{kind}/{name}", entry.text("fullUrl", limit=300)} - {None}
    for address in sorted(str(one) for one in addresses):
        if address in by_address:
            entry.note("", f"two resources are called {address[:80]}", f"两个资源同为 {address[:80]}")
        by_address[address] = resource


def _inside(value: Any, path: str, found: Opened) -> None:
    """Every reference leads to a resource of this message; what lies outside is never fetched."""
    if isinstance(value, Mapping):
        address = value.get("reference")
        if isinstance(address, str) and address not in found.by_address:
            Node(value, path, found.violations).note("reference", "leads out of the message", "引用指向消息之外")
        for name, item in value.items():
            _inside(item, f"{path}.{name}", found)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            _inside(item, f"{path}[{i}]", found)
