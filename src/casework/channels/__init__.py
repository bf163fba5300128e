"""Ways out and in: messages as signed webhooks, e-mail and files, and signed webhooks of others taken in.

Nothing here knows a store. What a name stands for is imported when it is first asked for, since the engine itself
needs nothing but what a channel may raise.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casework.channels.drop import file
    from casework.channels.failures import DeliveryFailed, Forged, Gone, Later, Park
    from casework.channels.mail import email
    from casework.channels.secrets import Secret, SecretEnv, SecretFile
    from casework.channels.signing import signatures, verified
    from casework.channels.ways_in import inbound
    from casework.channels.webhooks import webhook
    from casework.parts import Inbound, Incoming

__all__ = [
    "DeliveryFailed",
    "Forged",
    "Gone",
    "Inbound",
    "Incoming",
    "Later",
    "Park",
    "Secret",
    "SecretEnv",
    "SecretFile",
    "email",
    "file",
    "inbound",
    "signatures",
    "verified",
    "webhook",
]

_HOME = {
    "drop": ("file",),
    "failures": ("DeliveryFailed", "Forged", "Gone", "Later", "Park"),
    "mail": ("email",),
    "secrets": ("Secret", "SecretEnv", "SecretFile"),
    "signing": ("signatures", "verified"),
    "ways_in": ("Inbound", "Incoming", "inbound"),
    "webhooks": ("webhook",),
}


def __getattr__(name: str) -> Any:
    module = next((module for module, names in _HOME.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
