"""Archive: land what people decided, load every new batch, publish a copy, index it, and sign for all of it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import structlog

from connectors import parse
from hallpass.pipeline.office import Office, opened
from hallpass.secrets import LEDGER
from hallpass.settings import Settings
from records.errors import BadInput, EvidenceDamaged, TokenDead
from records.own import to_envelope
from warehouse import durable
from warehouse.envelopes import RESTORE
from warehouse.ledger import Ledger
from warehouse.load import LoadReport, load
from warehouse.publish import publish
from warehouse.seal import seal
from warehouse.search import Search

log = structlog.get_logger(__name__)


def archive(settings: Settings) -> LoadReport:
    """Land the outbox, load all landed batches, seal years that are over, publish, index and sign.

    Doing it again changes nothing.

    Without the district's key nothing is signed, and `hallpass doctor` says so. A damaged file keeps no other
    one from readers, but it is never passed over in silence.

    Raises
    ------
    Busy : another process is loading.
    EvidenceError : landing cannot be written or read.
    """
    with opened(settings) as office:
        _land_decisions(office)
        report = load(settings.folder, parse, settings.now())
        seal(settings.folder, parse, settings.now())
        publish(settings.folder)
        with office.published() as published:
            assert published is not None
            Search(settings.folder, published).update()
        with suppress(TokenDead):
            _sign(office)
    log.info("archived", batches=report.batches, records=report.records, problems=report.problems)
    if report.damaged:
        raise EvidenceDamaged(f"{len(report.damaged)} landed files were left out: {report.damaged[0]}", RESTORE)
    return report


def public_key(settings: Settings) -> Path:
    """The file with the keys that check the ledger, one a line in the order of their rotation, the newest last.

    A copy of it belongs where nobody here can change it.
    """
    return settings.folder / "ledger" / "public-key"


def _sign(office: Office) -> None:
    signer = office.signer()
    mine, path = signer.verifier().text(), public_key(office.settings)
    durable.write(path, [f"{mine}\n".encode()])
    if mine != path.read_text().split()[-1]:
        todo = f"Put the secret of the last key in {path} there, or make a new one with `hallpass ledger rotate`"
        raise BadInput(f"The Airflow connection {LEDGER} holds another key than the ledger is signed with", todo)
    Ledger(office.folder).record(signer)


def _land_decisions(office: Office) -> None:
    """Decisions stand in the same evidence as posts. The same events make the same batch, so a crash between
    landing and marking lands nothing twice."""
    decisions = office.registry.outbox()
    if decisions:
        office.landing.land("decisions", [to_envelope(d, d.at) for d in decisions], decisions[-1].at)
        office.registry.landed([d.event_id for d in decisions])
