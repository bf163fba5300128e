"""One plugin manager for each app: what plugins contribute, and observers called one by one.

Plugins are handed over as values; installed ones are looked for only on request.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pluggy

from casework import hookspecs
from casework.errors import Conflict, SetupError
from casework.hookspecs import PROJECT, Demo, Recorded
from casework.model.attachment import Attachment, Require
from casework.model.casetype import CaseType
from casework.model.names import qualified
from casework.model.outfit import Account, Outfit, Role
from casework.parts import Channel, EffectPart, Guard, Inbound, Part

log = logging.getLogger("casework.plugins")


def installed() -> tuple[Any, ...]:
    """The plugins of every installed distribution, by the entry points of group ``casework``.

    Raises SetupError with the name of a plugin that cannot be imported.
    """
    from importlib.metadata import entry_points  # which brings the whole of email along

    found = []
    for point in sorted(entry_points(group=PROJECT), key=lambda point: point.name):
        try:
            found.append(point.load())
        except Exception as error:
            raise SetupError(f"the plugin {point.name!r} ({point.value}) cannot be loaded: {error}") from error
    return tuple(dict.fromkeys(found))


class Plugins:
    """The plugins of one app."""

    def __init__(self, plugins: Iterable[Any]) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        for plugin in plugins:
            self._register(plugin)
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise SetupError(str(error)) from error
        self._observers: tuple[tuple[str, Callable[..., None]], ...] = tuple(
            (impl.plugin_name, _calling(impl)) for impl in self._manager.hook.casework_recorded.get_hookimpls()
        )

    def _register(self, plugin: Any) -> None:
        if plugin is None or isinstance(plugin, str | bytes):
            raise SetupError(f"a plugin is a module or an object with hooks, not {plugin!r}; import it and give that")
        # A module that misspells a hook would otherwise be ignored in silence.
        for name in dir(plugin):
            if name.startswith("casework_") and callable(getattr(plugin, name)):
                self._look_at(plugin, name)
        try:
            self._manager.register(plugin, name=_called(plugin))
        except (ValueError, pluggy.PluginValidationError) as error:
            raise SetupError(f"plugin {_called(plugin)}: {error}") from error
        if not self._manager.get_hookcallers(plugin):
            known = "such as casework_case_types, marked with casework.hookimpl"
            raise SetupError(f"plugin {_called(plugin)} has no hook; it needs one, {known}")

    @staticmethod
    def _look_at(plugin: Any, name: str) -> None:
        marked = hasattr(getattr(plugin, name), f"{PROJECT}_impl")
        if marked and not hasattr(hookspecs, name):
            raise SetupError(f"unknown hook {name!r} in plugin {_called(plugin)}")
        if not marked and hasattr(hookspecs, name):
            raise SetupError(f"plugin {_called(plugin)}: {name!r} is a hook; mark it with casework.hookimpl")

    @property
    def names(self) -> tuple[str, ...]:
        """What the plugins are called, in order of registration."""
        return tuple(name for name, plugin in self._manager.list_name_plugin() if plugin is not None)

    def case_types(self) -> list[tuple[str, CaseType]]:
        """Every contributed case type with who contributes it."""
        return self._collected("casework_case_types", CaseType)

    def parts(self) -> list[tuple[str, Part]]:
        """Every contributed part with who contributes it."""
        return self._collected("casework_parts", Guard, EffectPart, Channel, Inbound)

    def attachments(self) -> list[tuple[str, Attachment]]:
        """Every contributed attachment with who contributes it."""
        return self._collected("casework_attachments", Attachment)

    def requirements(self) -> list[tuple[str, Require]]:
        """Every contributed requirement with who contributes it."""
        return self._collected("casework_requirements", Require)

    def demos(self) -> list[tuple[str, Demo]]:
        """Every contributed demo with who contributes it."""
        return self._collected("casework_demos", Demo)

    def add_commands(self, cli: Any) -> None:
        """Let plugins add commands to the command line."""
        self._manager.hook.casework_commands(cli=cli)

    def _collected(self, hook: str, *kinds: type) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        for impl in getattr(self._manager.hook, hook).get_hookimpls():
            where = f"plugin {impl.plugin_name}: {hook}"
            try:
                given = impl.function()
                contributed = (
                    given if isinstance(given, str | bytes) or not isinstance(given, Iterable) else tuple(given)
                )
            except Exception as error:
                raise SetupError(f"{where} failed: {error}") from error
            found.extend((impl.plugin_name, item) for item in several(where, contributed, *kinds, verb="must give"))
        return found

    @property
    def observed(self) -> bool:
        """Whether anybody wants to be told of entries."""
        return bool(self._observers)

    def recorded(self, recorded: Recorded) -> None:
        """Tell every observer of a committed entry. What one raises is logged and changes nothing.

        A KeyboardInterrupt is passed on after all were told: it may be a person's, and nothing is half-done.
        """
        interrupted: KeyboardInterrupt | None = None
        for name, observe in self._observers:
            try:
                observe(recorded)
            except KeyboardInterrupt as error:
                interrupted = error
            except BaseException as error:
                log.error("observer %s failed on an entry: %s", name, type(error).__name__, extra={"plugin": name})
        if interrupted is not None:
            raise interrupted


def several(name: str, given: object, *kinds: type, verb: str = "takes") -> tuple[Any, ...]:
    """What was given under *name*. Raises SetupError where that is not several values of these kinds."""
    what = " or ".join(kind.__name__ for kind in kinds)
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise SetupError(f"{name} {verb} a list{f' of {what}' if what else ''}, not {_shown(given)}; give it in a list")
    found = tuple(given)
    for item in found:
        if kinds and not isinstance(item, kinds):
            raise SetupError(f"{name} {verb} a list of {what}; {_shown(item)} is none")
    return found


def _shown(value: object) -> str:
    named = getattr(value, "__name__", None)
    return (
        f"the {type(value).__name__} {named}" if isinstance(named, str) else f"a value of type {type(value).__name__}"
    )


def unique(kind: str, contributed: Iterable[tuple[str, Any]], name_of: Callable[[Any], str]) -> dict[str, Any]:
    """Contributions by name. Raises Conflict with both contributors where two claim one name."""
    found: dict[str, tuple[str, Any]] = {}
    for contributor, item in contributed:
        name = name_of(item)
        if name in found and found[name][1] is not item:
            raise Conflict(kind, name, found[name][0], contributor)
        found[name] = (contributor, item)
    return {name: item for name, (_, item) in found.items()}


def keep_apart(case_types: Sequence[tuple[str, CaseType]], attachments: Sequence[tuple[str, Attachment]]) -> None:
    """Raise Conflict with both contributors where two claim a workflow or field of one case type, or an account."""
    accounts: dict[str, tuple[str, Account]] = {}
    for who, case_type in case_types:
        host = f"{who} (case type {case_type.name!r})"
        attached = [(other, item.workflow) for other, item in attachments if item.case_type == case_type.name]
        _claim("workflow", host, [workflow.name for workflow in case_type.chain], [(w, f.name) for w, f in attached])
        added = [
            (w, name) for w, flow in attached for name in {qualified(flow.name, item.name) for item in flow.fields}
        ]
        _claim("field", host, [item.name for item in case_type.data], added)
        outfits = [(host, Outfit(roles=case_type.roles, accounts=case_type.accounts))]
        outfits += [(who, flow.outfit) for who, flow in attached]
        roles: dict[str, tuple[str, Role]] = {}
        for who, outfit in outfits:
            for account in outfit.accounts:
                first, same = accounts.setdefault(account.name, (who, account))
                if _terms(same) != _terms(account):
                    raise Conflict("account", account.name, first, who)
            for role in outfit.roles:
                first, known = roles.setdefault(role.name, (who, role))
                if known.local != role.local:
                    raise Conflict("role", role.name, first, who)


def _claim(kind: str, host: str, own: Iterable[str], added: Iterable[tuple[str, str]]) -> None:
    claimed = dict.fromkeys(own, host)
    for who, name in added:
        if name in claimed:
            raise Conflict(kind, name, claimed[name], who)
        claimed[name] = who


def _terms(account: Account) -> tuple[object, ...]:
    """What all case types that share an account say of it alike; accounts of single cases are never shared."""
    if account.owner == "case":
        return ("case",)
    return account.owner, account.commodity, account.by is None, account.minimum, account.maximum


def _calling(impl: Any) -> Callable[[Recorded], None]:
    function = impl.function
    return (lambda recorded: function(recorded)) if impl.argnames else (lambda recorded: function())


def _called(plugin: Any) -> str:
    return str(getattr(plugin, "__name__", None) or type(plugin).__qualname__)
