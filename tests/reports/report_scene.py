"""A small district for the report's tests: facts are landed and loaded by the real warehouse, then published."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from PIL import Image, ImageDraw

from records.canonical import digest
from records.model import (
    Account,
    Check,
    Completeness,
    Coverage,
    Direction,
    Envelope,
    Evidence,
    ImageVerdict,
    Judgement,
    MediaFile,
    MediaItem,
    Observation,
    Outcome,
    Platform,
    Post,
    Record,
    Relationship,
)
from registry.requests import DENIED, WAITING, Request
from registry.reviews import Precision
from registry.values import Grant, Mark, Photograph, References, RegisteredAccount
from reports.beside import NOTHING, Beside
from reports.model import LedgerState, MailFaults, Spending, WeeklyReport
from reports.week import Week
from reports.weekly import build
from warehouse.landing import Landing
from warehouse.load import load
from warehouse.publish import open_published, publish

ZONE = ZoneInfo("America/New_York")
WEEK = Week.parse("2026-W42", ZONE)
MONDAY = datetime(2026, 10, 19, 11, tzinfo=UTC)
"""The morning after the week: when its report is made."""
TERM = datetime(2026, 9, 7, 4, tzinfo=UTC)
SEAL = "seal"


def during(day: int, hour: int = 15) -> datetime:
    """A moment of the week: ``day`` 0 is its Monday."""
    return WEEK.start.astimezone(UTC) + timedelta(days=day, hours=hour - 4)


def account(number: int, platform: Platform = Platform.X, consent_ends: datetime | None = None) -> Account:
    """A registered account with a consent since the beginning of term."""
    return Account(
        account_id=f"{platform}:{number}",
        platform=platform,
        platform_id=str(number),
        handle=f"mill_creek_{number}",
        owner_id=f"t{number}",
        school=f"s{number % 3}",
        purpose="classroom news",
        credential="hallpass_x",
        registered_at=TERM,
        consent_verified_at=TERM,
        consent_expires_at=consent_ends,
    )


def photograph(text: str = "", size: tuple[int, int] = (900, 600)) -> bytes:
    """A drawn picture with a disc where a mark would be."""
    image = Image.new("RGB", size, "#87a7b8")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, size[1] * 2 // 3, *size), fill="#5c7a4e")
    pen.ellipse((620, 60, 800, 240), fill="#7a1f2b", outline="white", width=8)
    pen.text((40, 40), text, fill="black")
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


ROOT = "0f" * 32
BESIDE = Beside(
    precision={"logo-use": Precision(18, 2), "outbound-outside-community": Precision(0, 0)},
    requests=(
        Request("R1", SEAL, None, "open house", TERM, None, None, "ann", "Ann", TERM, WAITING, *(None,) * 5, 1),
        Request(
            *("R2", SEAL, "x:1", "T-shirts", TERM, None, None, "ann", "Ann", TERM, DENIED),
            *("head", during(2), "not for sale", None, None, 2),
        ),
    ),
    spending=Spending("October 2026", 12.5, 100.0),
    ledger=LedgerState(41, ROOT),
    mail=MailFaults(1, 2),
)


@dataclass
class Office:
    """What the report asks of the registry."""

    entries: list[RegisteredAccount] = field(default_factory=list)
    decided: list[Grant] = field(default_factory=list)

    def register(self, *accounts: Account) -> None:
        schools = ("Mill Creek High School", "Oak Hill Elementary School", "Harbor Middle School")
        for each in accounts:
            owner = f"Teacher {each.platform_id}"
            self.entries.append(RegisteredAccount(each, "active", owner, schools[int(each.platform_id) % 3]))

    def registered(self, include_inactive: bool = False) -> list[RegisteredAccount]:
        return self.entries

    def photographs(self) -> list[Photograph]:
        return [Photograph("autumn-fair", "The autumn fair", 1, "image/png", "", TERM, "it")]

    def marks(self) -> list[Mark]:
        return [Mark(SEAL, "District seal", 1, "image/png", "0" * 64, TERM, "it")]

    def grants(self) -> list[Grant]:
        return self.decided


class Scene:
    """Facts by the moment at which they were fetched; :meth:`report` archives them and builds the report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.landing = Landing(folder)
        self.office = Office()
        self.told = 0
        mark = folder / "seal.png"
        Image.new("RGBA", (120, 120), "#7a1f2b").save(mark)
        self.references = References({SEAL: [mark]}, {}, "0" * 64)

    def fetched(self, at: datetime, *records: Record) -> None:
        """Land ``records`` as if they had been fetched at ``at``."""
        self.told += 1
        envelopes = [
            Envelope("test.record", pickle.dumps(record), at, url=f"{self.told}/{n}")
            for n, record in enumerate(records)
        ]
        self.landing.land("test", envelopes, at)

    def checked(
        self,
        account: Account,
        at: datetime = MONDAY,
        check: Check = Check.POSTS,
        outcome: Outcome = Outcome.OK,
        completeness: Completeness = Completeness.FULL,
        since: datetime | None = TERM,
        error: str | None = None,
        todo: str | None = None,
    ) -> None:
        """One coverage row; an ``ok`` one vouches for ``since`` to ``at``."""
        covers = (since, at) if outcome is Outcome.OK else (None, None)
        row = Coverage(account.account_id, check, at, at, outcome, completeness, 1, *covers, error, todo)
        self.fetched(at, row)

    def posted(self, account: Account, number: int, text: str, at: datetime, picture: bytes | None = None) -> Post:
        """A post seen on the Monday after, its picture fetched."""
        record_id = f"{account.platform}:post:{number}"
        media = (f"{account.platform}:media:{number}",) if picture else ()
        link = f"https://{account.platform}.example/{number}"
        post = Post(
            record_id,
            str(number),
            account.platform,
            account.account_id,
            account.platform_id,
            "post",
            text,
            at,
            permalink=link,
            media_ids=media,
        )
        self.fetched(MONDAY, post)
        if picture:
            sha256 = self.landing.land_media(picture)
            self.fetched(
                MONDAY,
                MediaItem(media[0], account.platform, account.account_id, "photo", "https://pbs.twimg.com/media/a.jpg"),
                MediaFile(media[0], sha256, len(picture), "image/jpeg"),
            )
        return post

    def marked(
        self,
        account: Account,
        post: Post,
        picture: bytes,
        outcome: str | None,
        confidence: float = 0.97,
        observed_at: datetime = MONDAY,
    ) -> Observation:
        """The seal is recognised in the picture of ``post``; the registry answers ``outcome``."""
        sha256 = self.landing.land_media(picture)
        seen = Observation(
            observation_id=digest([post.record_id, sha256]),
            rule="logo-use",
            rule_version=1,
            clause="4.9",
            account_id=account.account_id,
            record_id=post.record_id,
            subject=SEAL,
            confidence=confidence,
            strong=confidence > 0.9,
            evidence=Evidence("20261019-collect-1", 7),
            observed_at=observed_at,
            posted_at=post.created_at,
            media_sha256=sha256,
            box=(620, 60, 800, 240),
        )
        self.fetched(observed_at, seen, ImageVerdict(sha256, "1", "0" * 64, "marked"))
        if outcome:
            basis = f"The registry answers {outcome} for the moment of the post"
            self.fetched(observed_at, Judgement(seen.observation_id, outcome, None, observed_at, basis))
        return seen

    def follows(self, account: Account, handle: str, observed_at: datetime = MONDAY) -> Observation:
        """The account follows somebody who is not known to be of the community."""
        key = f"x:{digest(handle)[:8]}"
        seen = Observation(
            observation_id=digest([account.account_id, key]),
            rule="outbound-outside-community",
            rule_version=1,
            clause="4.2",
            account_id=account.account_id,
            record_id=None,
            subject=key,
            confidence=1.0,
            strong=True,
            evidence=Evidence("20261019-collect-1", 9),
            observed_at=observed_at,
            details={"roster_date": "2026-10-01", "direction": "outbound", "kind": "follow", "handle": handle},
        )
        related = Relationship(account.account_id, Platform.X, Direction.OUTBOUND, "follow", key, handle, None, False)
        self.fetched(observed_at, related, seen)
        judged = Judgement(seen.observation_id, "outside_community", None, observed_at, "On no list of 2026-10-01")
        self.fetched(observed_at, judged)
        return seen

    def cut_off(self, account: Account, outcome: Outcome, error: str, todo: str) -> None:
        """The Monday's check of posts did not end well."""
        self.checked(account, outcome=outcome, completeness=Completeness.NONE, error=error, todo=todo)

    def undecodable(self, account: Account, number: int, reason: str) -> None:
        """A post whose picture no detector can open."""
        picture = b"\xff\xd8\xff half a jpeg"
        self.posted(account, number, "A picture that came in half", during(3), picture)
        verdict = ImageVerdict(self.landing.land_media(picture), "1", "0" * 64, "undecodable", reason)
        self.fetched(MONDAY, verdict)

    def published(self) -> duckdb.DuckDBPyConnection:
        """Everything that was told, loaded and published."""
        load(self.folder, _parse, MONDAY)
        publish(self.folder)
        return open_published(self.folder)

    def report(self, week: Week = WEEK, now: datetime = MONDAY, beside: Beside = NOTHING) -> WeeklyReport:
        """The report on what was told so far."""
        with self.published() as connection:
            return build(
                connection,
                self.office,
                week,
                now,
                self.landing.media_path,
                self.references,
                "Mill Creek Public Schools",
                beside=beside,
            )


def _parse(envelope: Envelope) -> Iterable[Record]:
    yield pickle.loads(envelope.body)


def busy(folder: Path) -> Scene:
    """A week in which much is to be looked at, and two of nine accounts cannot be seen."""
    scene = Scene(folder)
    accounts = [account(n, Platform.FACEBOOK if n > 6 else Platform.X) for n in range(1, 9)]
    refused = account(9, consent_ends=during(-20))
    scene.office.register(*accounts, refused)
    for each in accounts[1:]:
        scene.checked(each)
        counted = each.platform is Platform.FACEBOOK
        completeness = Completeness.COUNT_ONLY if counted else Completeness.FULL
        scene.checked(each, check=Check.FOLLOWERS, completeness=completeness)
    scene.checked(accounts[0], at=during(2))
    scene.cut_off(accounts[0], Outcome.DISCONNECTED, "The key is no longer accepted", "IT connects the account again")
    scene.cut_off(refused, Outcome.REFUSED, "No verified, unexpired consent covers it", "IT asks the owner again")
    for n, outcome in enumerate(("no_permission", "expired", "not_yet", "permitted", None)):
        picture = photograph(f"Game night {n}")
        post = scene.posted(accounts[n], 100 + n, f"Go Mill Creek! Game night {n} 🎉", during(n), picture)
        scene.marked(accounts[n], post, picture, outcome, 0.97 - n * 0.06)
    scene.follows(accounts[2], "sneaker_deals")
    scene.follows(accounts[3], "city_pizza")
    for back in range(6):
        for n in range(3 + back % 3):
            at = during(n) - timedelta(weeks=back)
            scene.posted(accounts[n + 1], 1000 + back * 10 + n, f"Homework club, week {back}", at)
    scene.undecodable(accounts[4], 300, "The file is truncated")
    return scene


def quiet(folder: Path) -> Scene:
    """Everything is seen, and nothing needs a person."""
    scene = Scene(folder)
    accounts = [account(n) for n in range(1, 4)]
    scene.office.register(*accounts)
    for each in accounts:
        for check in (Check.PROFILE, Check.POSTS, Check.COMMENTS, Check.FOLLOWING, Check.RECHECK):
            scene.checked(each, check=check)
        scene.posted(each, 10 + int(each.platform_id), "Library hour is on Thursday", during(1))
    return scene


def broken(folder: Path) -> Scene:
    """Nothing was collected since the middle of the week."""
    scene = Scene(folder)
    accounts = [account(n) for n in range(1, 5)]
    scene.office.register(*accounts)
    for each in accounts[:3]:
        scene.checked(each, at=during(3))
        scene.cut_off(each, Outcome.FAILED, "api.twitter.com answered 500 three times", "It is tried again by itself")
    return scene
