"""What a district can set, from the environment (`HALLPASS_*`), validated at once with all errors together.

No secret is a setting: secrets are Airflow connections (see :mod:`hallpass.secrets`).
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from records.errors import BadInput

CONSOLE_PORT = 8100
"""Where the console answers on loopback if nobody says otherwise."""
DEMO_STATE = "demo.json"
"""Where a folder says that it holds the made-up district, its name and the moment of its last run."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """One run's settings. Each field is the variable ``HALLPASS_<FIELD>``.

    Attributes
    ----------
    folder : the data folder; everything that hallpass writes lies in it.
    registry_url : SQLAlchemy URL of the registry.
    platform_url : where the platforms' hosts are redirected to (the sandbox); None means the real hosts.
    clock : a fixed moment instead of the wall clock (the sandbox's time).
    roster : the OneRoster zip that `roster_sync` imports.
    district, timezone : the report's title and its calendar.
    unmatched_followers : ``minimise`` or ``retain`` inbound followers whom nobody on the roster is.
    x_budget_usd : the most that X may cost in a calendar month, in US dollars, until IT sets it in the registry.
    x_archive_searches_per_second : how often X's full-archive search may be asked (X: once).
    batch_size : accounts in one mapped task.
    image_batch_size : images in one mapped task.
    recheck_days : how far back posts are asked again for edits and deletions.
    scan_days : days between two scans of followers and followed accounts.
    timeout : seconds to wait for a platform to connect, and for its next byte.
    user : who is named in the outbox when a command does not say ``--by``.
    console_url : where people reach the console, if not on loopback; https makes its cookies secure.
    oidc : the district's own sign-in: ``google``, ``microsoft/TENANT``, or the issuer's https address.
    oidc_client_id : how that provider knows the console.
    public_page : whether the console shows its page for everybody.
    """

    folder: Path = Path(".hallpass")
    registry_url: str = ""
    platform_url: str | None = None
    clock: datetime | None = None
    roster: Path | None = None
    district: str = "Your school district"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("America/New_York"))
    unmatched_followers: str = "minimise"
    x_budget_usd: float = 100.0
    x_archive_searches_per_second: float = 1.0
    batch_size: int = 50
    image_batch_size: int = 50
    recheck_days: int = 60
    scan_days: int = 7
    timeout: float = 30.0
    user: str = ""
    console_url: str = ""
    oidc: str = ""
    oidc_client_id: str = ""
    public_page: bool = False

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from ``environ`` (default: the process's).

        Raises
        ------
        BadInput : naming every variable that cannot be used, not only the first.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        errors = []
        for name, read in _READERS.items():
            text = environ.get(f"HALLPASS_{name.upper()}", "").strip()
            if not text:
                continue
            try:
                values[name] = read(text)
            except (ValueError, ZoneInfoNotFoundError) as error:
                errors.append(f"HALLPASS_{name.upper()}={text!r}: {error}")
        errors += [
            f"{name} is no setting" for name in sorted(environ) if name.startswith("HALLPASS_") and _unknown(name)
        ]
        if errors:
            raise BadInput("The settings cannot be used: " + "; ".join(errors), "Correct these environment variables")
        folder = values.setdefault("folder", Path(".hallpass")).absolute()
        values["folder"] = folder
        values = {**_of_demo(folder), **values}
        values.setdefault("registry_url", f"sqlite:///{folder / 'registry.sqlite'}")
        values.setdefault("user", _login())
        return cls(**values)

    def variables(self) -> dict[str, str]:
        """These settings as environment variables, for a child process; what is not set stays unset."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        texts = {k: v.isoformat() if isinstance(v, datetime) else str(v) for k, v in values.items() if v is not None}
        return {f"HALLPASS_{name.upper()}": text for name, text in texts.items()}

    def now(self) -> datetime:
        """The current moment (aware, UTC): the sandbox's where one is set."""
        return self.clock or self.clock_time()

    def clock_time(self) -> datetime:
        """The real time (aware, UTC), whatever the sandbox's is: what sign-ins and their second factors go by."""
        return datetime.now(UTC)

    @property
    def sandboxed(self) -> bool:
        """Whether the platforms are the sandbox's, which is exempt from the go-live checklist."""
        return self.platform_url is not None


def _unknown(name: str) -> bool:
    known = {f"HALLPASS_{field.upper()}" for field in _READERS} | {"HALLPASS_PROGRESS_FD", "HALLPASS_SHARED"}
    return name.startswith("HALLPASS_") and name not in known


def _of_demo(folder: Path) -> dict[str, Any]:
    """A folder with the made-up district is looked at under its name, at the moment of its last run."""
    try:
        said = json.loads((folder / DEMO_STATE).read_text())
        return {name: _READERS[name](said[name]) for name in ("district", "clock")}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _login() -> str:
    try:
        return getpass.getuser()
    except OSError:
        return "unknown"


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment needs its zone, for example 2026-10-19T11:00:00Z")
    return at.astimezone(UTC)


def _loopback_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise ValueError("the sandbox is reached at http://127.0.0.1:PORT only; unset it for the real platforms")
    return text.rstrip("/")


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1")
    if not safe or not parts.hostname or parts.path.strip("/"):
        raise ValueError("an address such as https://hallpass.your-district.org is expected")
    return text.rstrip("/")


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no", "true", "false"):
        raise ValueError("yes or no is expected")
    return text.lower() in ("yes", "true")


def _choice(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)} is expected")
        return text

    return read


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("a whole number from 1 is expected")
    return number


def _amount(text: str) -> float:
    amount = float(text)
    if not 0 <= amount < float("inf"):
        raise ValueError("a number from 0 is expected")
    return amount


def _rate(text: str) -> float:
    rate = _amount(text)
    if not rate:
        raise ValueError("a number above 0 is expected")
    return rate


_READERS: dict[str, Callable[[str], Any]] = {
    "folder": Path,
    "registry_url": str,
    "platform_url": _loopback_url,
    "clock": _moment,
    "roster": Path,
    "district": str,
    "timezone": ZoneInfo,
    "unmatched_followers": _choice("minimise", "retain"),
    "x_budget_usd": _amount,
    "x_archive_searches_per_second": _rate,
    "batch_size": _whole,
    "image_batch_size": _whole,
    "recheck_days": _whole,
    "scan_days": _whole,
    "timeout": _rate,
    "user": str,
    "console_url": _public_url,
    "oidc": str,
    "oidc_client_id": str,
    "public_page": _yes_or_no,
}
