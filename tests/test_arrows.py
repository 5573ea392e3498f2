"""Imports go down only: each room may import those below it, never those beside or above it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
BELOW: dict[str, set[str]] = {
    "records": set(),
    "sandbox": set(),
    "registry": {"records"},
    "connectors": {"records"},
    "detectors": {"records"},
    "warehouse": {"records"},
    "reports": {"records", "registry", "warehouse", "detectors"},
    "console": {"records", "registry", "warehouse", "detectors", "reports"},
    "hallpass": {"records", "sandbox", "registry", "connectors", "detectors", "warehouse", "reports", "console"},
    "dags": {"records", "hallpass"},
}


def imported_rooms(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("room", BELOW)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    found = {
        f"{path.relative_to(HOUSE)} imports {other}"
        for path in (HOUSE / room).rglob("*.py")
        for other in imported_rooms(path.read_text())
        if other in BELOW and other != room and other not in BELOW[room]
    }
    assert found == set()


def test_every_package_of_ours_has_its_place_in_the_house() -> None:
    packages = {path.parent.name for path in HOUSE.glob("*/__init__.py")} | {"dags"}
    assert packages == set(BELOW)


def test_the_ground_floor_needs_the_standard_library_only() -> None:
    import sys

    modules = {m for path in (HOUSE / "records").rglob("*.py") for m in imported_rooms(path.read_text())}
    assert modules - sys.stdlib_module_names == {"records"}


def test_dag_files_never_import_each_other() -> None:
    names = {path.stem for path in (HOUSE / "dags").glob("*.py")}
    found = {n for path in (HOUSE / "dags").glob("*.py") for n in imported_rooms(path.read_text()) if n in names}
    assert found == set()
