"""The sentences that the rooms below the console make: errors, and what is stored of them, as texts to translate.

They are read out of the source: a text in the call of an exception of ours, plain or an f-string, is a sentence. An
f-string's expressions become placeholders, named after their last name: ``f"'{row.title}' is gone"`` is
``'%(title)s' is gone``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOMS = (
    "connectors",
    "console/access.py",
    "console/routes/provider.py",
    "console/security",
    "detectors/darkroom.py",
    "detectors/images.py",
    "detectors/logos/observe.py",
    "detectors/photo_use.py",
    "hallpass/console.py",
    "hallpass/pipeline",
    "records",
    "registry",
    "reports",
    *(f"warehouse/{name}.py" for name in ("compare", "envelopes", "export", "landing", "ledger", "note", "release")),
    *(f"warehouse/{name}.py" for name in ("search", "timestamp", "verify")),
)
"""Whose sentences a page can show. Of the console's own, those that the access log keeps in English."""

ROOT, TREE = "HallpassError", "records/errors.py"
MAKERS: Mapping[str, tuple[int | str, ...] | None] = {
    "Judgement": (4,),
    "Observation": ("details",),
    "RowError": (1,),
    "Verdict": (1,),
    "_note": ("error", "todo"),
    "_unanswered": (0,),
    "end": (3,),
    "needed": (1, 2),
}
"""What else makes a sentence, and in which of its arguments: a check of words, a row's error, a judgement's basis,
why a detector thinks so, the reasons in the access log."""

Scopes = tuple[ast.AST, ...]


def sentences(house: Path, rooms: Iterable[str] = ROOMS) -> Iterator[tuple[str, str]]:
    """Each sentence with the file that it stands in, under ``house``."""
    files = [path for room in (*rooms, TREE) for path in _sources(house / room)]
    trees = {path.relative_to(house).as_posix(): ast.parse(path.read_bytes()) for path in files}
    makers = {**MAKERS, **dict.fromkeys(exceptions(trees.values()))}
    for place, tree in trees.items():
        for call, scopes in _calls(tree, (tree,)):
            name = _name(call.func)
            if name in makers:
                for told in _arguments(call, makers[name]):
                    yield from ((place, text) for text in _texts(told, scopes))


def _sources(room: Path) -> list[Path]:
    return sorted(room.rglob("*.py")) if room.is_dir() else [room]


def exceptions(trees: Iterable[ast.Module]) -> set[str]:
    """The names of the exception tree's classes."""
    classes = [each for tree in trees for each in ast.walk(tree) if isinstance(each, ast.ClassDef)]
    found, before = {ROOT}, 0
    while len(found) > before:
        before = len(found)
        found |= {each.name for each in classes if any(_name(base) in found for base in each.bases)}
    return found


def _calls(node: ast.AST, scopes: Scopes) -> Iterator[tuple[ast.Call, Scopes]]:
    """Every call with the module and the functions around it, the innermost last."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, scopes
        yield from _calls(child, (*scopes, child) if isinstance(child, ast.FunctionDef) else scopes)


def _arguments(call: ast.Call, wanted: tuple[int | str, ...] | None) -> list[ast.expr]:
    """Those of a call that are ``wanted``, by place or name; all of them where None is."""
    given: dict[int | str | None, ast.expr] = {**dict(enumerate(call.args))}
    given |= {each.arg: each.value for each in call.keywords}
    return [value for name, value in given.items() if wanted is None or name in wanted]


def _texts(node: ast.expr, scopes: Scopes) -> Iterator[str]:
    """The texts that an expression can be: its own, either of two, or those that its name was given."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from [node.value] if " " in node.value else []
    elif isinstance(node, ast.JoinedStr):
        yield from [text] if " " in (text := _template(node)) else []
    elif isinstance(node, ast.IfExp):
        yield from (text for each in (node.body, node.orelse) for text in _texts(each, scopes))
    elif isinstance(node, ast.Subscript):
        yield from _texts(node.value, scopes)
    elif isinstance(node, ast.Dict):
        yield from (text for each in node.values for text in _texts(each, scopes))
    elif isinstance(node, ast.Name):
        given = [value for scope in scopes for name, value in _given(scope) if name == node.id]
        yield from (text for value in given for text in _texts(value, ()))


def _given(scope: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What names are given in a function, or by a module itself."""
    for each in ast.walk(scope) if isinstance(scope, ast.FunctionDef) else ast.iter_child_nodes(scope):
        if isinstance(each, ast.Assign):
            for target in each.targets:
                yield from _pairs(target, each.value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, other)


def _template(node: ast.JoinedStr) -> str:
    named: dict[str, str] = {}
    return "".join(_part(part, named) for part in node.values)


def _part(part: ast.expr, named: dict[str, str]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value).replace("%", "%%")
    assert isinstance(part, ast.FormattedValue)
    return f"%({placeholder(part.value, named)})s"


def placeholder(node: ast.expr, named: dict[str, str]) -> str:
    """The name for an expression, the same for the same one; ``named`` holds those before it, by their source."""
    source = ast.unparse(node)
    if source not in named:
        words = [each for each in ast.walk(node) if isinstance(each, ast.Name | ast.Attribute)]
        name = (_name(words[0]) if words else "") or "value"
        taken = sum(1 for each in named.values() if each.rstrip("0123456789") == name)
        named[source] = f"{name}{taken + 1}" if taken else name
    return named[source]


def _name(node: ast.AST) -> str:
    """``BadInput`` of ``BadInput`` and of ``errors.BadInput``."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def by_text(house: Path) -> Mapping[str, list[str]]:
    """The files of each sentence."""
    found: dict[str, list[str]] = {}
    for place, text in sentences(house):
        if place not in found.setdefault(text, []):
            found[text].append(place)
    return found
