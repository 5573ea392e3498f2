"""How far each account has been collected. A cursor moves only after its evidence has landed.

A lost cursor costs a second fetch of what is already landed, never a record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from records.canonical import canonical
from records.errors import EvidenceDamaged, LandingFailed
from warehouse import durable


class Cursors:
    """One small file an account under ``cursors/`` of the data folder."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "cursors"

    def get(self, account_id: str) -> dict[str, str]:
        """The account's cursors by name; empty where it was never collected.

        Raises
        ------
        EvidenceDamaged : the file is not one of ours.
        """
        path = self._path(account_id)
        if not path.exists():
            return {}
        try:
            return {str(name): str(value) for name, value in json.loads(path.read_bytes()).items()}
        except (ValueError, AttributeError) as error:
            todo = "Delete it; the next run collects this account from the beginning"
            raise EvidenceDamaged(f"the cursor {path} cannot be read", todo) from error

    def move(self, account_id: str, cursors: Mapping[str, str]) -> None:
        """Set these cursors of the account, all or none; its others stay.

        Raises
        ------
        LandingFailed : a full disk or the like; the cursors are where they were.
        """
        path = self._path(account_id)
        try:
            durable.write(path, [canonical({**self.get(account_id), **cursors})], overwrite=True)
        except OSError as error:
            todo = "Free some space, then run again"
            raise LandingFailed(f"the cursor {path} could not be moved ({error.strerror})", todo) from error

    def _path(self, account_id: str) -> Path:
        return self.root / f"{quote(account_id, safe='')}.json"
