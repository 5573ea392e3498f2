"""What staff hand in: a data export, a saved message. Landed as it is, under the same ledger as posts."""

from __future__ import annotations

from dataclasses import dataclass

from hallpass.pipeline.office import opened
from hallpass.settings import Settings
from records.errors import BadInput
from records.model import Deposited, Evidence
from records.own import to_envelope

SOURCE = "deposits"
LARGEST = 50 << 20
"""Bytes of a file that can be handed in."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a deposit stands: its line in landing, and the SHA-256 (hex) that names the file itself."""

    evidence: Evidence
    sha256: str
    size: int


def deposit(settings: Settings, name: str, content: bytes, note: str, by: str) -> Receipt:
    """Make a file durable, unread and unchanged, with a line that says who handed it in.

    ``hallpass ledger prove`` proves the line from the next load on, `hallpass verify` checks both.

    Raises
    ------
    BadInput : the file is empty or larger than :data:`LARGEST`; nothing was landed.
    LandingFailed : a full disk or the like; it counts as not handed in.
    """
    if not content:
        raise BadInput(f"{name} is empty", "Hand in another file")
    if len(content) > LARGEST:
        raise BadInput(f"{name} is larger than {LARGEST >> 20} MB", "Hand it in in parts")
    now = settings.now()
    with opened(settings) as office:
        sha256 = office.landing.land_media(content)
        deposited = Deposited(sha256, len(content), name, note, by, now)
        batch = office.landing.land(SOURCE, [to_envelope(deposited, now)], now)
    return Receipt(Evidence(batch.batch_id, 1), sha256, len(content))
