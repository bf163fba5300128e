"""One run of the command line: its settings, its screen, and the application that it opens at most once."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from casework import (
    Actor,
    BlobFolder,
    CaseType,
    Casework,
    Desk,
    SetupError,
    StoreMismatch,
    SystemClock,
    Units,
    Workflow,
    installed,
    load_file,
)
from casework.checkpoints import CheckpointFolder, Checkpoints, PublicKey
from casework.cli.screen import Screen
from casework.cli.settings import Settings
from casework.cli.units import units_of
from casework.cli.usage import Usage
from casework.jobs import Runner
from casework.keys import DatabaseKeys, ErasureFile, KeyFolder, KeyStore, MasterKeys
from casework.storage.diagnosis import file_of, shown_url

MEMORY = "sqlite://"
log = logging.getLogger("casework.cli")


class Session:
    """What a command works with. Nothing is imported or opened before a command asks for it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._apps: list[Casework] = []

    @property
    def screen(self) -> Screen:
        """Where to show things."""
        return Screen(self.settings.language)

    @cached_property
    def named_plugins(self) -> tuple[ModuleType, ...]:
        """The modules that were named by ``--plugin``."""
        return tuple(imported(name) for name in self.settings.several("plugins"))

    @cached_property
    def plugins(self) -> tuple[Any, ...]:
        """The plugins in use: those of installed distributions, then those that were named."""
        found = () if self.settings.given.get("no_installed") else installed()
        return tuple(dict.fromkeys((*found, *self.named_plugins)))

    @cached_property
    def definitions(self) -> tuple[CaseType, ...]:
        """The case types of the documents that were named by ``--definition``."""
        return tuple(_case_type(path) for path in self._paths())

    def _paths(self) -> list[str]:
        told = self.settings.given.get("definitions")
        if told:
            return list(told)
        return [path for path in self.settings.environment.get("CASEWORK_DEFINITIONS", "").split(os.pathsep) if path]

    @property
    def url(self) -> str:
        """The store that was named; a wrong call where none was."""
        url = self.settings.one("store")
        if url is None:
            raise Usage(
                "name the store: --store sqlite:///FILE, or CASEWORK_STORE",
                "请指明存储：--store sqlite:///文件，或设置 CASEWORK_STORE",
            )
        shown_url(url)
        return url

    def app(self, url: str | None = None, **more: Any) -> Casework:
        """The application over *url*, by default over the store that was named."""
        if url is None:
            url, more = self.url, {"runner": self.runner, "units": self.units, **more}
        app = Casework(url, plugins=self.plugins, case_types=self.definitions, **more)
        self._apps.append(app)
        log.info("store %s, plugins %s", shown_url(url), ", ".join(app.plugins) or "none")
        return app

    @property
    def units(self) -> Units:
        """The tree of units; none lies below another where no file was named."""
        file = self.settings.one("units")
        return Units() if file is None else units_of(file)

    @property
    def runner(self) -> Runner | None:
        """The job engine that was named; None where none was. A wrong call on a store where it cannot be."""
        name = self.settings.one("runner")
        if name is None:
            return None
        if name != "procrastinate":
            raise Usage(f"there is no runner {name!r}, only procrastinate", f"没有执行器“{name}”，只有 procrastinate")
        if not self.url.startswith(("postgresql", "postgres")):
            raise Usage(
                "procrastinate runs on postgresql://…; leave --runner away", "procrastinate 只用于 postgresql://…"
            )
        from casework.jobs.procrastinate import Procrastinate

        return Procrastinate()

    def _folders(self) -> list[CheckpointFolder]:
        """The folders that keep checkpoints."""
        environment = self.settings.environment.get("CASEWORK_CHECKPOINTS", "").split(os.pathsep)
        told = self.settings.given.get("checkpoints") or environment
        return [CheckpointFolder(path) for path in told if path]

    @property
    def checkpoints(self) -> Checkpoints | None:
        """The checkpoints that the store is held against; None where none were named."""
        key, folders = self.settings.one("log_key"), self._folders()
        if not folders:
            return None
        if key is None:
            problem = "name the public key of the log: --log-key KEY, or CASEWORK_LOG_KEY"
            raise Usage(problem, "请指明日志公钥：--log-key 公钥，或设置 CASEWORK_LOG_KEY")
        return Checkpoints(key=key, places=folders)

    def signing(self, key: PublicKey) -> Casework:
        """The application over the store that was named, for whoever signs its log."""
        if not self._folders():
            problem = "say where checkpoints are kept: --checkpoints DIR, or CASEWORK_CHECKPOINTS"
            raise Usage(problem, "请指明检查点存放处：--checkpoints 文件夹，或设置 CASEWORK_CHECKPOINTS")
        return self._there(checkpoints=Checkpoints(key=key, places=self._folders()))

    @property
    def blobs(self) -> BlobFolder | None:
        """The folder with the files of the cases; None where none was named."""
        folder = self.settings.one("blobs")
        return None if folder is None else BlobFolder(folder)

    @property
    def keys(self) -> KeyStore | DatabaseKeys | None:
        """The keys of the store; None where none were named."""
        where, file = self.settings.one("keys"), self.settings.one("master_key_file")
        if where is None:
            if file is None:
                return None
            problem = "say where the keys are: --keys DIR, or --keys database"
            raise Usage(problem, "请指明密钥所在处：--keys 文件夹，或 --keys database")
        masters = MasterKeys.from_environment() if file is None else MasterKeys.from_file(file)
        return DatabaseKeys(masters) if where == "database" else KeyFolder(where, masters)

    @property
    def erasures(self) -> ErasureFile | None:
        """The record of erasures outside the database; None where none was named."""
        file = self.settings.one("erasures")
        return None if file is None else ErasureFile(file)

    @cached_property
    def opened(self) -> Casework:
        """The application over a store that is there; a file that is not is never made by looking at it."""
        return self._there(checkpoints=self.checkpoints)

    def _there(self, checkpoints: Checkpoints | None) -> Casework:
        file = file_of(self.url)
        if file is not None and not file.exists():
            raise StoreMismatch(f"there is no file {str(file)!r}", "`casework migrate` makes it")
        return self.app(blobs=self.blobs, keys=self.keys, erasures=self.erasures, checkpoints=checkpoints)

    @cached_property
    def desk(self) -> Desk:
        """The desk of whoever acts."""
        return self.opened.desk(self.actor, purpose=self.settings.one("purpose") or "")

    @property
    def actor(self) -> Actor:
        """Who acts; a wrong call where nobody was named."""
        name = self.settings.one("actor")
        if name is None:
            raise Usage(
                "say who acts: --as ID --role ROLE, or CASEWORK_ACTOR and CASEWORK_ROLES",
                "请说明由谁办理：--as 编号 --role 角色，或设置 CASEWORK_ACTOR 和 CASEWORK_ROLES",
            )
        told = {key: value for key in ("unit", "tenant", "person") if (value := self.settings.one(key)) is not None}
        here: set[str] = set()
        there: dict[str, set[str]] = {}
        for role in self.settings.several("roles"):
            held, at, unit = role.partition("@")
            (there.setdefault(unit, set()) if at else here).add(held)
        return Actor(name, here, roles_in=there, **told)

    @staticmethod
    def now() -> datetime:
        """The present instant."""
        return SystemClock().now()

    def close(self) -> None:
        """Let go of every store that was opened."""
        for app in self._apps:
            app.dispose()


def imported(name: str) -> ModuleType:
    """The module that somebody typed the name of. Modules of the working directory can be named too."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise Usage(f"{name!r} is not the name of a module", f"“{name}”不是模块名")
    try:
        with _here():
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise Usage(f"there is no module {name!r}", f"没有模块“{name}”") from None
        raise SetupError(f"the module {name!r} cannot be imported: {error}") from error
    except Exception as error:
        raise SetupError(f"the module {name!r} cannot be imported: {type(error).__name__}: {error}") from error


@contextmanager
def _here() -> Iterator[None]:
    """The working directory last on the path, so that it can add modules but hide none."""
    folder = str(Path.cwd())
    sys.path.append(folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def document(path: str) -> CaseType | Workflow:
    """The definition in a file; a file that cannot be read is a wrong call."""
    try:
        return load_file(path)
    except OSError as error:
        raise Usage(f"{path}: {error.strerror}", f"无法读取 {path}：{error.strerror}") from None


def _case_type(path: str) -> CaseType:
    found = document(path)
    if isinstance(found, Workflow):
        raise SetupError(f"{path} holds a workflow; it runs only in the chain of a case type")
    return found
