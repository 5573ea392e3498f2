"""The published copy for many requests at once: one open database, one cursor a request, swapped when a load ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from warehouse.publish import current, open_published

_Answer = TypeVar("_Answer")


class Archive:
    """The newest published copy of the data folder ``folder``.

    A request that began on one copy ends on it; the file is given back with its last cursor.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._database: duckdb.DuckDBPyConnection | None = None
        self._kept: dict[str, Any] = {}
        self._asking = threading.Lock()

    @property
    def there(self) -> bool:
        """Whether anything has been published yet."""
        return (self._folder / "published" / "current").exists()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection of this request's own; BadInput before the first load (see :attr:`there`)."""
        cursor = self._newest().cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def once(self, name: str, ask: Callable[[duckdb.DuckDBPyConnection], _Answer]) -> _Answer:
        """What ``ask`` says of the newest copy: asked once for each copy, because a copy never changes."""
        with self._lock:
            database, kept = self._open(), self._kept
        with self._asking:  # who comes second finds what the first was told
            if name not in kept:
                with closing(database.cursor()) as cursor:
                    kept[name] = ask(cursor)
            answer: _Answer = kept[name]
            return answer

    def close(self) -> None:
        """Give the database back."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._path = self._database = None

    def _newest(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            return self._open()

    def _open(self) -> duckdb.DuckDBPyConnection:
        path = current(self._folder)
        if self._database is None or path != self._path:
            self._database, self._path, self._kept = open_published(self._folder), path, {}
        return self._database
