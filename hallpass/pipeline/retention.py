"""Disposition from end to end: propose what may go, keep the state's permission, and drop what was approved."""

from __future__ import annotations

from dataclasses import dataclass

from connectors import parse
from hallpass.pipeline.archive import archive
from hallpass.pipeline.office import Office, opened
from hallpass.settings import Settings
from records.errors import BadInput, Refused
from records.model import Disposal, Evidence
from records.own import to_envelope
from registry.dispositions import DONE, Disposition, Permission
from warehouse.landing import header_of
from warehouse.publish import forget_former
from warehouse.rebuild import rebuild
from warehouse.retention import SOURCE, Law, Plan, PlannedLine, drop, dropped, plan, planned
from warehouse.search import Search

PERMISSION_LIMIT = 32 << 20
"""Bytes; a scanned letter is a few of them."""


@dataclass(frozen=True, slots=True)
class Left:
    """What of a plan is not dropped yet."""

    lines: frozenset[PlannedLine]
    media: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.lines or self.media)


def propose(settings: Settings, by: str, why: str) -> tuple[Disposition, Plan]:
    """Propose to dispose of everything that may go by the rules and holds in force now.

    Raises
    ------
    BadInput : nothing may go; the message says what keeps it.
    """
    with opened(settings) as office:
        found = plan(settings.folder, parse, _law(office))
        if not found.lines:
            kept = "; ".join(f"{lines} lines: {reason}" for reason, lines in found.kept.items())
            todo = "See the retention rules and the holds"
            raise BadInput(f"Nothing may be disposed of ({kept or 'no retention rule is set'})", todo)
        proposed = office.registry.dispositions.propose(found.content(), by, settings.now(), why)
    return proposed, found


def permit(settings: Settings, disposition_id: str, number: str, name: str, content: bytes, by: str) -> Disposition:
    """Keep the state's permission, a file of this name, as evidence beside the pictures, and note it.

    Raises
    ------
    BadInput : the file is empty or too large; or there is no such disposition.
    """
    if not 0 < len(content) <= PERMISSION_LIMIT:
        todo = f"Give the state's permission as a file of up to {PERMISSION_LIMIT >> 20} MiB"
        raise BadInput(f"{name} has {len(content)} bytes", todo)
    with opened(settings) as office:
        dispositions = office.registry.dispositions
        dispositions.get(disposition_id)
        sha256 = office.landing.land_media(content)
        return dispositions.permit(disposition_id, Permission(number, name, sha256), by, settings.now())


def run(settings: Settings, disposition_id: str, by: str) -> Plan:
    """Drop what was approved, in landing and in everything made from it; again, it goes on where it stopped.

    Raises
    ------
    Refused : it is not approved, or a hold or a rule keeps something of it now; nothing was dropped.
    TokenDead : there is no key: without a signed ledger nothing would prove what was dropped.
    EvidenceError : a full disk or the like; run it again.
    """
    with opened(settings) as office:
        office.signer()
        dispositions = office.registry.dispositions
        ready = dispositions.ready(disposition_id)
        wanted = planned(dispositions.plan(disposition_id))
        left = _left(office, wanted)
        if ready.state == DONE and not left:
            return wanted
        _require_lawful(office, disposition_id, left)
        begun = dispositions.begin(disposition_id, by, settings.now())
        of = _disposals(begun, wanted)
        assert begun.begun_at is not None
        office.landing.land(SOURCE, [to_envelope(disposal, begun.begun_at) for disposal in of], begun.begun_at)
        archive(settings)  # what is to go, and who decided it, is in the signed ledger before anything goes
        drop(settings.folder, of)
        _make_anew(settings)
        dispositions.end(disposition_id, by, settings.now())
    archive(settings)
    return wanted


def _law(office: Office) -> Law:
    rules = {rule.series: rule for rule in office.registry.retention.rules()}
    return Law(rules, tuple(office.registry.holds.standing()), office.settings.now())


def _left(office: Office, wanted: Plan) -> Left:
    paths = office.landing.paths()
    gone = {
        (batch_id, line)
        for batch_id in {planned.batch_id for planned in wanted.lines}
        if batch_id in paths
        for line in dropped(header_of(paths[batch_id]))
    }
    lines = frozenset(p for p in wanted.lines if (p.batch_id, p.line) not in gone)
    return Left(lines, frozenset(m for m in wanted.media if office.landing.media_path(m).exists()))


def _require_lawful(office: Office, disposition_id: str, left: Left) -> None:
    """What is left must still be what may go: a hold may have been placed, a rule changed, since it was proposed."""
    if not left:
        return
    now = plan(office.folder, parse, _law(office))
    kept = len(left.lines.difference(now.lines)) + len(left.media.difference(now.media))
    if kept:
        holds = ", ".join(why for why in now.kept if why.startswith("held by ")) or "a rule or an observation keeps it"
        todo = f"See the holds, or withdraw {disposition_id} and propose again"
        raise Refused(f"{kept} of the lines and pictures of {disposition_id} may not go now ({holds})", todo)


def _disposals(of: Disposition, wanted: Plan) -> list[Disposal]:
    assert of.permission and of.permission_sha256 and of.begun_at
    common = (of.disposition_id, of.permission, of.permission_sha256, of.begun_at)
    lines = [Disposal(*common, Evidence(p.batch_id, p.line), p.commitment) for p in wanted.lines]
    return lines + [Disposal(*common, media_sha256=sha256) for sha256 in wanted.media if sha256 != of.permission_sha256]


def _make_anew(settings: Settings) -> None:
    """Everything that is made from landing, so that nothing of it holds what was dropped."""
    rebuild(settings.folder, parse, settings.now())
    archive(settings)
    forget_former(settings.folder)
    with opened(settings) as office, office.published() as published:
        assert published is not None
        Search(settings.folder, published).rebuild()
