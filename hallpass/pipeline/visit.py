"""One visit to one registered account: the checks that are due, what they answered, and how each ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors import connector, fetch_media, parse
from connectors.base import Checked, Connector, Scope
from connectors.budget import Budget
from connectors.transport import Transport
from hallpass.pipeline.office import Office
from hallpass.secrets import platform_secret
from records.canonical import iso
from records.errors import PlatformError, Terminal, Throttled, UnexpectedAnswer
from records.model import (
    Account,
    Check,
    Comment,
    Completeness,
    Coverage,
    Envelope,
    MediaItem,
    Outcome,
    Post,
    ProfileSnapshot,
    Record,
)
from records.own import to_envelope
from warehouse import read

ORDER = (Check.PROFILE, Check.POSTS, Check.COMMENTS, Check.FOLLOWING, Check.FOLLOWERS, Check.RECHECK)
SCANS = (Check.FOLLOWING, Check.FOLLOWERS)
OVERLAP = timedelta(hours=2)
"""Longer than X's hour for edits: what stands at the cursor's edge is read twice rather than never."""


class Visit:
    """What is asked of one account and what came back.

    Attributes
    ----------
    kept : every exchange as it happened, to be landed.
    coverage : one row a check.
    moved : the cursors of the checks that ended well, to be moved once ``kept`` is durable.
    """

    def __init__(self, office: Office, account: Account, published: read.Published | None) -> None:
        self.office = office
        self.account = account
        self.now = office.settings.now()
        self.kept: list[Envelope] = []
        self.coverage: list[Coverage] = []
        self.moved: dict[str, str] = {}
        self._published = published

    def look(self, transport: Transport, budget: Budget, cursors: Mapping[str, str]) -> None:
        """Make each check that is due, then fetch the pictures; where not even the profile answers, ask no further."""
        try:
            client = self._client(transport, budget)
        except Terminal as error:
            for check in ORDER:
                self._failed(check, error)
            return
        for check in ORDER:
            if check in client.capabilities() and self._due(check, cursors):
                self._make(client, check, _moment(cursors.get(check.value)))
            if check is Check.PROFILE and self.coverage[-1].outcome is not Outcome.OK:
                self._cut_off()
                return
        self._fetch_media(transport)

    def refuse(self) -> None:
        """Ask nothing: no verified, unexpired consent covers the account."""
        error = "No verified, unexpired consent covers this account"
        todo = "Its owner proves it again, or IT with them, on the page of the account"
        for check in ORDER:
            self._note(check, Outcome.REFUSED, Completeness.NEEDS_CONSENT, error=error, todo=todo)

    def handle(self) -> str | None:
        """The account's handle as the platform's last answer shows it; None where none of them does."""
        mine = [
            r.handle
            for r in self._records()
            if isinstance(r, ProfileSnapshot) and r.account_id == self.account.account_id
        ]
        return mine[-1] if mine else None

    def of_posts(self) -> Coverage:
        """The row that says whether the account is captured."""
        return next(row for row in self.coverage if row.check is Check.POSTS)

    def _client(self, transport: Transport, budget: Budget) -> Connector:
        key = self.office.minimise_key()
        return connector(
            self.account.platform, platform_secret(self.account.credential), transport, budget, minimise_key=key
        )

    def _due(self, check: Check, cursors: Mapping[str, str]) -> bool:
        """Scans of relationships are dear, so they keep a slower schedule than the rest."""
        last = _moment(cursors.get(check.value))
        if check not in SCANS or last is None:
            return True
        return self.now - last >= timedelta(days=self.office.settings.scan_days) - OVERLAP

    def _make(self, client: Connector, check: Check, last: datetime | None) -> None:
        scope = Scope(self.now, last - OVERLAP if last else None, self._known(check))
        try:
            checked = client.check(check, self.account, scope, self.kept.append)
        except PlatformError as error:
            self._failed(check, error)
            return
        self._succeeded(check, checked)
        self.moved[check.value] = iso(self.now)

    def _known(self, check: Check) -> list[str]:
        """For comments the posts that have threads; for a re-check what this visit has not seen already."""
        if check is Check.COMMENTS:
            new = [r.record_id for r in self._records() if isinstance(r, Post) and r.account_id and r.kind != "reply"]
            return list(dict.fromkeys([*new, *self._stored(read.known_threads)]))
        if check is Check.RECHECK:
            seen = {r.record_id for r in self._records() if isinstance(r, Post | Comment)}
            return [known for known in self._stored(read.known_records) if known not in seen]
        return []

    def _stored(self, question: Callable[[read.Published, str, datetime], list[str]]) -> list[str]:
        """What earlier visits archived and is young enough to change."""
        if self._published is None:
            return []
        since = self.now - timedelta(days=self.office.settings.recheck_days)
        return question(self._published, self.account.account_id, since)

    def _fetch_media(self, transport: Transport) -> None:
        """Fetch what this and earlier visits saw named and nobody has fetched yet."""
        seen = [r for r in self._records() if isinstance(r, MediaItem) and r.url]
        wanted = read.media_wanted(self._published, self.account.account_id, seen) if self._published else seen
        missing = 0
        for item in {m.record_id: m for m in wanted}.values():
            content, file = fetch_media(item, transport)
            if content is not None:
                self.office.landing.land_media(content)
            missing += content is None
            self.kept.append(to_envelope(file, self.now, self.account.account_id))
        completeness = Completeness.PARTIAL if missing else Completeness.FULL
        self._note(Check.MEDIA, Outcome.OK, completeness, seen=len(wanted) - missing)

    def _records(self) -> Iterable[Record]:
        for envelope in self.kept:
            try:
                yield from parse(envelope)
            except UnexpectedAnswer:
                continue  # the loader names it in its report; it is landed all the same

    def _cut_off(self) -> None:
        profile = self.coverage[-1]
        for check in ORDER[1:]:
            self._note(check, profile.outcome, profile.completeness, error=profile.error, todo=profile.todo)

    def _succeeded(self, check: Check, checked: Checked) -> None:
        nothing = checked.completeness is Completeness.NONE
        self._note(
            check,
            Outcome.NOT_OBSERVABLE if nothing else Outcome.OK,
            checked.completeness,
            seen=checked.seen,
            covers_from=checked.covers_from,
            covers_to=checked.covers_to,
        )

    def _failed(self, check: Check, error: PlatformError) -> None:
        outcome = next(o for kind, o in _OUTCOMES.items() if isinstance(error, kind))
        self._note(check, outcome, Completeness.NONE, error=error.what, todo=error.todo)

    def _note(self, check: Check, outcome: Outcome, completeness: Completeness, **more: Any) -> None:
        at = (self.now, self.office.settings.now())
        self.coverage.append(Coverage(self.account.account_id, check, *at, outcome, completeness, **more))


_OUTCOMES: dict[type[PlatformError], Outcome] = {
    Terminal: Outcome.DISCONNECTED,
    Throttled: Outcome.THROTTLED,
    PlatformError: Outcome.FAILED,
}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
