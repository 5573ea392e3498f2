"""The published copy for many requests at once: one open database, one cursor a request, swapped when a load ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.publish import current, open_published


class Archive:
    """The newest published copy of the data folder ``folder``.

    A request that began on one copy ends on it; the file is given back with its last cursor.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._database: duckdb.DuckDBPyConnection | None = None

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

    def close(self) -> None:
        """Give the database back."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._path = self._database = None

    def _newest(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            path = current(self._folder)
            if self._database is None or path != self._path:
                self._database, self._path = open_published(self._folder), path
            return self._database
