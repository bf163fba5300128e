"""The tree of units as a file: TOML with each unit and the one above it, ``north = "city"``, or "" at the top."""

from __future__ import annotations

import tomllib
from pathlib import Path

from casework import SetupError, Units
from casework.cli.usage import Usage


def units_of(path: str) -> Units:
    """The units of a file; one that cannot be read is a wrong call. Raises SetupError for another content."""
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise Usage(f"{path}: {error.strerror}", f"无法读取 {path}：{error.strerror}") from None
    except ValueError as error:
        raise SetupError(f"{path} is no TOML: {error}") from None
    if not all(isinstance(above, str) for above in found.values()):
        raise SetupError(f'{path}: each unit takes the one above it, such as north = "city", or "" at the top')
    return Units({unit: above or None for unit, above in found.items()})
