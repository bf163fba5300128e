"""In Chinese: what click says of a wrong call, and what the operating system says of a file."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable

import click

_TYPES = {"integer": "整数", "float": "数字", "boolean": "是或否"}
_THINGS = {"file": "文件", "directory": "文件夹", "path": "路径"}
_FLAWS = {
    "does not exist": "不存在",
    "is a file": "是文件，须为文件夹",
    "is a directory": "是文件夹，须为文件",
    "is not readable": "不可读取",
    "is not writable": "不可写入",
    "is not executable": "不可执行",
}
_BOUND = re.compile(r"(?:([^<>=]+)(<=?))?x(?:(<=?|>=?)([^<>=]+))?")
_SIGNS = {"<": "小于", "<=": "不大于", ">": "大于", ">=": "不小于"}
_TURNED = {"<": ">", "<=": ">="}


def _file(found: re.Match[str]) -> str:
    thing, name, flaw = found.groups()
    return f"{_THINGS[thing.lower()]}“{name}”{_FLAWS[flaw]}"


def _range(found: re.Match[str]) -> str:
    value, bounds = found.groups()
    told = _BOUND.fullmatch(bounds)
    if told is None:
        return f"{value} 超出范围 {bounds}"
    least, below, sign, most = told.groups()
    words = [f"{_SIGNS[_TURNED[below]]} {least}"] if least else []
    words += [f"{_SIGNS[sign]} {most}"] if most else []
    return f"{value} 超出范围，须{'且'.join(words)}"


def _kind(found: re.Match[str]) -> str:
    value, kind = found.groups()
    return f"“{value}”不是{_TYPES.get(kind.partition(' ')[0], kind)}"


def _one_of(found: re.Match[str]) -> str:
    value, known = found.groups()
    return f"“{value}”不在可选范围内；可选：{known.replace(chr(39), '').replace(', ', '、')}"


_SAID: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"({'|'.join(_THINGS)}) '(.*)' ({'|'.join(_FLAWS)})\.", re.IGNORECASE | re.DOTALL), _file),
    (re.compile(r"(\S+) is not in the range (\S+)\."), _range),
    (re.compile(r"'(.*)' is not a valid ([a-z ]+)\..*", re.DOTALL), _kind),
    (re.compile(r"'(.*)' is not (?:one of )?('.*')\.", re.DOTALL), _one_of),
    (
        re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL),
        lambda found: f"多出的参数：{found[1]}",
    ),
    (re.compile(r"Option '(.*)' requires (?:an|\d+) arguments?\."), lambda found: f"选项 {found[1]} 须给出值"),
    (re.compile(r"Option '(.*)' does not take a value\."), lambda found: f"选项 {found[1]} 不能带值"),
    (re.compile(r"Argument '(.*)' takes (\d+) values\."), lambda found: f"参数 {found[1]} 须给出 {found[2]} 个值"),
    (re.compile(r"Missing command\."), lambda _: "缺少命令"),
)
"""What click says, as a pattern and as Chinese; a sentence that is not here stays as it is."""


def said(message: str) -> str:
    """A sentence of click in Chinese."""
    for pattern, told in _SAID:
        found = pattern.fullmatch(message)
        if found is not None:
            return told(found)
    return message


def of_call(error: click.ClickException) -> str:
    """What is wrong with a call."""
    match error:
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}"
        case click.NoSuchCommand():
            return f"没有命令“{error.command_name}”"
        case click.MissingParameter(param=param) if param is not None:
            return f"缺少 {param.get_error_hint(error.ctx)}"
        case click.BadParameter(param=param) if param is not None:
            return f"{param.get_error_hint(error.ctx)} 的值不对：{said(error.message)}"
    return said(error.format_message())


_SYSTEM = {
    errno.ENOENT: "没有该文件或文件夹",
    errno.EEXIST: "文件已存在",
    errno.EACCES: "没有访问权限",
    errno.EPERM: "不允许此操作",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘为只读",
    errno.ENAMETOOLONG: "文件名过长",
}


def of_file(error: OSError) -> str:
    """What the operating system says of a file, and which file."""
    told = _SYSTEM.get(error.errno or 0) or f"无法使用文件（{error.strerror or type(error).__name__}）"
    return f"{told}：{error.filename}" if error.filename else told
