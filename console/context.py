"""What the console is given: the district, its registry and archive, and what it may ask of the rooms above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from console.archive import Archive
from console.security.oidc import Provider
from console.security.vault import Vault
from records.model import Platform
from registry import Registry


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform says of an account: its own number for it, its handle, and what its owner wrote about it."""

    platform_id: str
    handle: str
    name: str
    bio: str


LookUpProfile = Callable[[Platform, str, str], Profile]
"""Platform, handle and the name of the credential in; raises PlatformError where the platform does not say."""


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
    write_report : writes the report of the last complete week.
    hand_in : lands a file of the staff's as it is.
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
    write_report: Callable[[], None]
    hand_in: HandIn
    sandboxed: bool = False
    public_page: bool = False
    provider: Provider | None = None

    @property
    def secure(self) -> bool:
        """Whether people reach it over https."""
        return urlsplit(self.url).scheme == "https"
