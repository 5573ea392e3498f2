"""The archive made anew from landing alone, beside the old one, which stays until the new one is whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from warehouse import database
from warehouse.load import LoadReport
from warehouse.prepare import Parse
from warehouse.seal import remake


def rebuild(folder: Path, parse: Parse, now: datetime) -> LoadReport:
    """Replace the archive, its sealed years too, by what all of landing gives; the old files may be damaged or missing.

    Raises
    ------
    Busy : another process holds the warehouse.
    EvidenceError : a full disk or the like; the archive is as it was.
    """
    with database.only_loader(folder):
        return remake(folder, parse, now, sealed={})
