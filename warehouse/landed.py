"""Our own records read back from landing itself, for those who must not rely on the archive."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from records.own import OwnRecord, parse_own
from warehouse.landing import Landing, header_of


def own_records(folder: Path, source: str, among: Container[str] | None = None) -> Iterator[OwnRecord]:
    """The records of a landing source of ours, batch by batch; with ``among``, of these batches only.

    Raises
    ------
    EvidenceDamaged : a file is not what was landed.
    """
    landing = Landing(folder)
    for batch_id, path in landing.paths(source).items():
        if among is None or batch_id in among:
            for _, envelope in landing.read(header_of(path)):
                yield from parse_own(envelope)
