"""The reports that were made: each is landed, so that the first of a week stays what it was and can be proven."""

from __future__ import annotations

from hallpass.pipeline.office import Office
from records.errors import EvidenceDamaged
from records.model import MadeReport
from records.own import parse_own, to_envelope
from reports.model import LedgerState, WeeklyReport
from warehouse.envelopes import RESTORE
from warehouse.landing import header_of
from warehouse.ledger import Ledger

SOURCE = "reports"


def land(office: Office, report: WeeklyReport, data: bytes) -> MadeReport:
    """Make ``report`` and its ``data`` (the JSON) durable; the same one again changes nothing.

    Raises
    ------
    LandingFailed : a full disk or the like; the report counts as not made.
    """
    made = MadeReport(
        week=report.week.name,
        made_at=report.made_at,
        data_at=report.data_at,
        ledger_size=report.ledger.size if report.ledger else 0,
        ledger_root=report.ledger.root if report.ledger else "",
        model_sha256=office.landing.land_media(data),
    )
    office.landing.land(SOURCE, [to_envelope(made, report.made_at)], report.made_at)
    return made


def every(office: Office) -> list[MadeReport]:
    """The reports of all weeks, the oldest first; where two were made at one moment, the one that was landed first."""
    batches = [header_of(path) for path in office.landing.paths(SOURCE).values()]
    batches.sort(key=lambda batch: (batch.created_at, batch.path.stat().st_mtime_ns))
    envelopes = (envelope for batch in batches for _, envelope in office.landing.read(batch))
    return [made for envelope in envelopes for made in parse_own(envelope) if isinstance(made, MadeReport)]


def first_of(office: Office, week: str) -> bytes | None:
    """The data of the first report of ``week``, None where none was made.

    Raises
    ------
    EvidenceDamaged : it was made, and its data is gone.
    """
    made = next((each for each in every(office) if each.week == week), None)
    if made is None:
        return None
    try:
        return office.landing.media_path(made.model_sha256).read_bytes()
    except OSError as error:
        raise EvidenceDamaged(f"The data of the first report of {week} is missing", RESTORE) from error


def ledger_state(office: Office) -> LedgerState | None:
    """The newest signed checkpoint, None where nothing was signed yet."""
    newest = Ledger(office.folder).newest()
    return LedgerState(newest.size, newest.root.hex()) if newest else None
