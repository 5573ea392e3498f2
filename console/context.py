"""What the console is given: the district, its registry and archive, and what it may ask of the rooms above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from console.archive import Archive
from console.jobs import Jobs
from console.security.oidc import Provider
from console.security.vault import Vault
from records.model import Platform
from registry import Registry
from reports.model import Spending


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform says of an account: its own number for it, its handle, and what its owner wrote about it."""

    platform_id: str
    handle: str
    name: str
    bio: str


LookUpProfile = Callable[[Platform, str, str], Profile]
"""Platform, handle and the name of the credential in; raises PlatformError where the platform does not say."""


class Held(Protocol):
    """What came of a sign-in on a platform."""

    @property
    def ids(self) -> frozenset[str]:
        """The numbers of the accounts that whoever signed in holds."""

    @property
    def given_back(self) -> bool:
        """Whether the platform has ended the leave that it was asked for."""


class PlatformSignIn(Protocol):
    """How somebody shows on a platform that an account is theirs (OAuth 2.0)."""

    def address(self, state: str, verifier: str, back: str) -> str:
        """Where the browser is sent; from there it comes back to ``back``."""

    def held(self, code: str, verifier: str, back: str) -> Held:
        """What the platform says of whoever came back with ``code``; raises Refused or PlatformError."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Where a file that was handed in stands: batch and line in landing, and the SHA-256 (hex) of its bytes."""

    batch: str
    line: int
    sha256: str
    size: int


HandIn = Callable[[str, bytes, str, str], Landed]
"""Name, bytes, what it is, and whose login; raises BadInput where it cannot be taken, LandingFailed on a full disk."""


@dataclass(frozen=True, slots=True)
class RecordsWork:
    """What the records officer has done by the rooms above; each takes the login last, and may take minutes.

    Attributes
    ----------
    answer : writes the answer to a public records request (its id, why, login); returns the name of its zip file.
    propose : proposes to dispose of all that may go (why, login); returns the disposition's id. BadInput for nothing.
    permit : keeps the state's permission (disposition, its number, the file's name, its bytes, login).
    verify : checks everything against everything (login); EvidenceDamaged names what is wrong.
    """

    answer: Callable[[str, str, str], str]
    propose: Callable[[str, str], str]
    permit: Callable[[str, str, str, bytes, str], None]
    verify: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Console:
    """One district's console.

    Attributes
    ----------
    folder : the data folder.
    now : the district's moment: the sandbox's over the made-up district.
    clock : the real time, which sessions, second factors and rate limits go by.
    url : where people reach the console; with https, cookies are secure.
    vault : seals what must be read again (second factors).
    sandboxed : whether the district is the made-up one, where a second factor is optional.
    public_page : whether the page for everybody is shown.
    provider : the district's own sign-in (OIDC), if it has one.
    look_up_profile : asks a platform about one account.
    rejudge : holds the open observations against the permissions as they are now.
    write_report : writes the report of a week, by its ISO name.
    hand_in : lands a file of the staff's as it is.
    tell_requests : lets those know by mail whom a request concerns; what cannot be told now is told later.
    spending : what the platforms have cost this month, of what they may.
    sign_ins : the platforms where somebody can show that an account is theirs.
    """

    folder: Path
    registry: Registry
    archive: Archive
    district: str
    zone: ZoneInfo
    now: Callable[[], datetime]
    clock: Callable[[], datetime]
    url: str
    vault: Vault
    look_up_profile: LookUpProfile
    rejudge: Callable[[], None]
    write_report: Callable[[str], None]
    hand_in: HandIn
    tell_requests: Callable[[], None]
    spending: Callable[[], Spending]
    records_work: RecordsWork
    sandboxed: bool = False
    public_page: bool = False
    provider: Provider | None = None
    jobs: Jobs = field(default_factory=Jobs)
    sign_ins: Mapping[Platform, PlatformSignIn] = field(default_factory=dict)

    @property
    def secure(self) -> bool:
        """Whether people reach it over https."""
        return urlsplit(self.url).scheme == "https"
