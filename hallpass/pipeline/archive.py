"""Archive: land what people decided, load every new batch, publish a copy for readers."""

from __future__ import annotations

from connectors import parse
from hallpass.pipeline.office import Office, opened
from hallpass.settings import Settings
from records.own import to_envelope
from warehouse.load import LoadReport, load
from warehouse.publish import publish


def archive(settings: Settings) -> LoadReport:
    """Land the outbox, load all landed batches and publish; doing it again changes nothing.

    Raises
    ------
    Busy : another process is loading.
    EvidenceError : landing cannot be written or read.
    """
    with opened(settings) as office:
        _land_decisions(office)
        report = load(settings.folder, parse, settings.now())
        publish(settings.folder)
    return report


def _land_decisions(office: Office) -> None:
    """Decisions stand in the same evidence as posts. The same events make the same batch, so a crash between
    landing and marking lands nothing twice."""
    decisions = office.registry.outbox()
    if decisions:
        office.landing.land("decisions", [to_envelope(d, d.at) for d in decisions], decisions[-1].at)
        office.registry.landed([d.event_id for d in decisions])
