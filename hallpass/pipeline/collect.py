"""Collect: ask the platforms about registered accounts, land the answers, then move the cursors.

One account is one landed batch. Its failure is a row in coverage and never another account's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from connectors.budget import Budget
from connectors.transport import Transport
from hallpass.pipeline.office import opened
from hallpass.pipeline.visit import Visit
from hallpass.progress import Event, announce
from hallpass.settings import Settings
from records.model import Platform
from records.own import to_envelope
from warehouse.cursors import Cursors

MACHINE = "hallpass"
"""Who notes what nobody decided."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Collected:
    """How one account's collection ended, small enough for an XCom."""

    account_id: str
    handle: str
    outcome: str
    envelopes: int
    error: str | None = None


def plan(settings: Settings) -> list[list[str]]:
    """Ids of the registered accounts in batches of one platform each, ``settings.batch_size`` at most in one.

    Raises
    ------
    Refused : before the go-live checklist is complete; the sandbox is exempt.
    """
    with opened(settings) as office:
        office.ready_to_collect()
        accounts = office.registry.accounts()
    announce(Event("run", "collect", "registered accounts", 0, len(accounts)))
    batches = []
    for platform in Platform:
        ids = [a.account_id for a in accounts if a.platform is platform]
        batches += [ids[i : i + settings.batch_size] for i in range(0, len(ids), settings.batch_size)]
    return batches


def collect(settings: Settings, account_ids: Sequence[str]) -> list[Collected]:
    """Visit each account: checks, landing, cursor. Only a disk that cannot hold evidence stops the batch.

    Raises
    ------
    LandingFailed : nothing of the account at hand was acknowledged; its cursor stands where it was.
    """
    with opened(settings) as office, office.published() as published:
        transport, budget = office.transport(), office.budget()
        accounts = [a for a in office.registry.accounts() if a.account_id in set(account_ids)]
        visits = (Visit(office, account, published) for account in accounts)
        return [_carry_out(visit, transport, budget) for visit in visits]


def _carry_out(visit: Visit, transport: Transport, budget: Budget) -> Collected:
    office, account = visit.office, visit.account
    cursors = Cursors(office.folder)
    if account.consent_in_force(visit.now):
        visit.look(transport, budget, cursors.get(account.account_id))
    else:
        visit.refuse()
    rows = [to_envelope(row, visit.now) for row in visit.coverage]
    office.landing.land(account.platform.value, [*visit.kept, *rows], visit.now)
    cursors.move(account.account_id, visit.moved)
    _note_handle(visit)
    posts = visit.of_posts()
    log.info("visited", account=account.account_id, outcome=posts.outcome, exchanges=len(visit.kept), error=posts.error)
    announce(Event("step", account.handle, posts.outcome.value, 1))
    return Collected(account.account_id, account.handle, posts.outcome.value, len(visit.kept), posts.error)


def _note_handle(visit: Visit) -> None:
    """Keep another handle in the register once its evidence is durable."""
    account, handle = visit.account, visit.handle()
    if handle and handle.casefold() != account.handle.casefold():
        why = f"{account.platform} shows the account under this handle"
        visit.office.registry.observe_handle(account.account_id, handle, MACHINE, visit.now, why)
