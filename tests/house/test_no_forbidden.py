"""What the source may not do: run text as code, ask the world for time or luck, build SQL from pieces.

Each rule reads the syntax tree; the second half of the file plants an offence for each.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tree import SOURCE, Function, modules, plugin_modules, shown, syntax

Offence = tuple[int, str]
Rule = Callable[[ast.Module], Iterator[Offence]]

CODE_FROM_TEXT = {"eval", "exec", "compile", "__import__", "execfile"}
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle"}
TIME_AND_LUCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "os.urandom",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid7",
}
LUCK_MODULES = {"random", "secrets"}
SEEDED = "random.Random"
SQL_CALLS = {
    "text",
    "execute",
    "executemany",
    "executescript",
    "exec_driver_sql",
    "literal_column",
    "scalar",
    "scalars",
}
MUTATORS = {"append", "add", "update", "setdefault", "pop", "popitem", "clear", "extend", "insert", "remove", "discard"}
CONTAINERS = {"dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque"}


def dotted(node: ast.expr) -> str:
    """``datetime.datetime.now`` as text; empty for anything that is not a chain of names."""
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return node.id if isinstance(node, ast.Name) else ""


def imports(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Line, module and name of everything imported; the name is empty for ``import module``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, node.module or "", alias.name) for alias in node.names)


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Every call."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def runs_text_as_code(tree: ast.Module) -> Iterator[Offence]:
    """No eval, exec, compile or pickle: whatever decides a case is data."""
    for call in calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id in CODE_FROM_TEXT:
            yield call.lineno, call.func.id
    for line, module, _ in imports(tree):
        if module.partition(".")[0] in UNSAFE_MODULES:
            yield line, module


def asks_the_world(tree: ast.Module) -> Iterator[Offence]:
    """Time comes from the Clock, randomness from the injected entropy; a seeded ``Random(seed)`` is neither."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = ".".join(dotted(node).split(".")[-2:])
            if name in TIME_AND_LUCK or (name.partition(".")[0] in LUCK_MODULES and name != SEEDED):
                yield node.lineno, dotted(node)
    for line, module, name in imports(tree):
        asked = f"{module}.{name}"
        if name and (asked in TIME_AND_LUCK or (module in LUCK_MODULES and asked != SEEDED)):
            yield line, asked
    for call in calls(tree):
        if dotted(call.func).rpartition(".")[2] == "Random" and not call.args:
            yield call.lineno, "Random() without a seed"


def assembled(node: ast.expr) -> bool:
    """Whether a text is put together from pieces: f-string, ``%``, ``+`` or ``format``.

    A PRAGMA takes no parameters; an f-string that begins with it is left alone.
    """
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        pragma = isinstance(first, ast.Constant) and str(first.value).startswith("PRAGMA ")
        return not pragma and any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        sides = (node.left, node.right)
        return any(isinstance(side, ast.JoinedStr) or _is_text(side) or assembled(side) for side in sides)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("format", "join", "replace") and (
            _is_text(node.func.value) or assembled(node.func.value)
        )
    return False


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def builds_sql(tree: ast.Module) -> Iterator[Offence]:
    """A statement is an expression of SQLAlchemy or one constant; values are bound."""
    for call in calls(tree):
        name = dotted(call.func).rpartition(".")[2] or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
        if name in SQL_CALLS and call.args and assembled(call.args[0]):
            yield call.lineno, f"{name}() of an assembled text"


def formats_what_it_did_not_write(tree: ast.Module) -> Iterator[Offence]:
    """Only constants are formatted: a template from outside reads attributes of what it is given."""
    constants = set(_constants(tree))
    for call in calls(tree):
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr not in ("format", "format_map"):
            continue
        template = function.value
        while isinstance(template, ast.Subscript):
            template = template.value
        if not (_is_text(template) or dotted(template) in constants):
            yield call.lineno, f"{ast.unparse(function.value)}.{function.attr}"


def _constants(tree: ast.Module) -> Iterator[str]:
    """Names to which the module gives a literal, once, at its top."""
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            try:
                ast.literal_eval(node.value)
            except ValueError:
                continue
            yield from (t.id for t in targets if isinstance(t, ast.Name) and stored.count(t.id) == 1)


def keeps_a_registry(tree: ast.Module) -> Iterator[Offence]:
    """Nothing at the top of a module changes after import: an application is put together by its constructor."""
    kept = set(_module_containers(tree))
    for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
        own = _own_names(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield node.lineno, f"global {', '.join(node.names)}"
            name = _changed(node)
            if name in kept and name not in own:
                yield getattr(node, "lineno", function.lineno), f"{name} is changed"


def _module_containers(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        made = isinstance(node.value, ast.Call) and dotted(node.value.func).rpartition(".")[2] in CONTAINERS
        if made or isinstance(node.value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def _own_names(function: Function) -> set[str]:
    arguments = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return arguments | stored


def _changed(node: ast.AST) -> str:
    """The bare name whose content the node changes, or nothing."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return dotted(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        return dotted(node.func.value)
    return ""


RULES: dict[Rule, frozenset[str]] = {
    runs_text_as_code: frozenset(),
    asks_the_world: frozenset({"clock.py", "ids.py"}),
    builds_sql: frozenset(),
    formats_what_it_did_not_write: frozenset(),
    keeps_a_registry: frozenset(),
}
"""Each rule with the only files of the library that may break it."""


def offences(rule: Rule, path: Path, tree: ast.Module) -> list[str]:
    """What *path* does against *rule*."""
    return [f"{shown(path)}:{line}: {what}" for line, what in rule(tree)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_source_file_breaks_the_rule(rule: Rule) -> None:
    exempt = {SOURCE / name for name in RULES[rule]}
    paths = [path for path in (*modules(), *plugin_modules()) if path not in exempt]

    assert [] == [offence for path in paths for offence in offences(rule, path, syntax(path))], rule.__doc__


PLANTED: list[tuple[Rule, str]] = [
    (runs_text_as_code, "eval(document)"),
    (runs_text_as_code, "__import__(name)"),
    (runs_text_as_code, "from pickle import loads"),
    (asks_the_world, "datetime.now(UTC)"),
    (asks_the_world, "make(factory=datetime.datetime.utcnow)"),
    (asks_the_world, "import time\ntime.time()"),
    (asks_the_world, "from uuid import uuid4"),
    (asks_the_world, "import random\nrandom.choice(names)"),
    (asks_the_world, "from secrets import token_hex"),
    (asks_the_world, "from random import Random\nRandom().random()"),
    (builds_sql, "connection.execute(f'select {name}')"),
    (builds_sql, "text('select ' + name)"),
    (builds_sql, "sa.text('select %s' % name)"),
    (builds_sql, "engine.begin().execute('select {}'.format(name))"),
    (builds_sql, "text('select a' + f', {name}' + ' from t')"),
    (formats_what_it_did_not_write, "template.format(case=case)"),
    (formats_what_it_did_not_write, "TEXT = 'a'\nTEXT = read()\nself.text.format_map(case)"),
    (keeps_a_registry, "PARTS = {}\ndef part(name):\n    PARTS[name] = 1"),
    (keeps_a_registry, "PARTS: list[str] = []\ndef part(name):\n    PARTS.append(name)"),
    (keeps_a_registry, "manager = None\ndef load():\n    global manager\n    manager = 1"),
]


@pytest.mark.parametrize(("rule", "source"), PLANTED)
def test_each_rule_finds_a_planted_offence(rule: Rule, source: str) -> None:
    assert list(rule(ast.parse(source)))


INNOCENT: list[tuple[Rule, str]] = [
    (runs_text_as_code, "pattern = re.compile('a')\nconnection.exec(1)"),
    (asks_the_world, "clock.now()\ntime.monotonic()\nself._clock.now()"),
    (asks_the_world, "from random import Random\ndraw = Random(seed)\ndraw.choice(names)"),
    (builds_sql, "cursor.execute(f'PRAGMA busy_timeout={MILLISECONDS}')"),
    (builds_sql, "text('select 1')\nconnection.execute(statement, {'a': f'{b}'})"),
    (formats_what_it_did_not_write, "SAID = '{a} and {b}'\n'{}'.format(1)\nSAID.format(a=1, b=2)"),
    (formats_what_it_did_not_write, "WORDS: dict = {'is': {'en': '{0} is {1}'}}\nWORDS[word][language].format(a, b)"),
    (keeps_a_registry, "TABLE = {}\nTABLE['a'] = 1\ndef read(name):\n    return TABLE[name]"),
    (keeps_a_registry, "items = []\ndef collect(items):\n    items.append(1)"),
]


@pytest.mark.parametrize(("rule", "source"), INNOCENT)
def test_no_rule_cries_wolf(rule: Rule, source: str) -> None:
    assert [] == list(rule(ast.parse(source)))
