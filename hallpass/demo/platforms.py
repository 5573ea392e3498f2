"""The sandbox as the demo uses it: the platforms on loopback, and the papers of the made-up district's offices."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hallpass.demo import procedures
from hallpass.demo.children import child
from hallpass.secrets import LEDGER
from records.canonical import iso
from records.errors import PipelineFailed
from registry import Registry
from warehouse.note import Signer

ARCHIVE_SEARCHES_PER_SECOND = 20
"""X allows one, which would be most of what somebody waits for in a demo."""


@contextmanager
def sandbox(now: datetime, log: Path) -> Iterator[str]:
    """The sandbox's URL while it runs, its clock at ``now``; it is stopped at the end whatever happens.

    Raises
    ------
    PipelineFailed : it did not start; the message says where it wrote why.
    """
    options = ("--port", "0", "--now", iso(now), "--search-all-per-second", str(ARCHIVE_SEARCHES_PER_SECOND))
    with child("sandbox", "serve", *options, log=log, talks=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise PipelineFailed("The sandbox did not start", f"Read {log}")
        yield json.loads(line)["url"]


def credentials(url: str) -> dict[str, str]:
    """The made-up district's secrets by the name of their Airflow connection, its ledger's key among them."""
    return {**_told(url, "credentials"), LEDGER: ledger_key().secret_text()}


def _told(url: str, what: str) -> dict[str, Any]:
    with urlopen(f"{url}/control/{what}", timeout=10) as answer:  # noqa: S310 - our own sandbox on loopback
        told: dict[str, Any] = json.load(answer)
        return told


def ledger_key() -> Signer:
    """The made-up district's key. Everybody can read it here, so it proves nothing: a district makes its own."""
    key = Ed25519PrivateKey.from_private_bytes(sha256(b"a key that everybody knows").digest())
    return Signer("alder-falls-demo", key)


def register(registry: Registry, papers: Path, by: str, at: datetime, zone: tzinfo) -> None:
    """What the three offices do once: organisations, accounts, marks, lookalikes, grants, procedures.

    Again changes nothing.

    The days in their papers are days in ``zone``.
    """
    registry.import_organisations(papers / "organisations.csv", by, at).require_clean()
    registry.import_accounts(papers / "accounts.csv", by, at, zone=zone).require_clean()
    for path in sorted((papers / "marks").iterdir()):
        registry.add_mark(path.stem, _title(path), path, by, at, why="The district's own mark")
    for path in sorted((papers / "lookalikes").iterdir()):
        registry.add_lookalike(path.stem, _title(path), path, by, at, why="Another organisation's mark")
    registry.import_grants(papers / "grants.csv", by, at, zone=zone).require_clean()
    if registry.procedures.current() is None:
        registry.procedures.publish(procedures.VERSION, procedures.TITLE, procedures.TEXT, by, at)


def _title(path: Path) -> str:
    return path.stem.replace("-", " ").replace("_", " ").capitalize()


@contextmanager
def credentials_at_hand(url: str) -> Iterator[None]:
    """The made-up platforms' secrets in this process's environment, where a connection is looked for first."""
    connections = {name: {"password": secret} for name, secret in credentials(url).items()} | _told(url, "apps")
    given = {f"AIRFLOW_CONN_{name.upper()}": json.dumps(kept) for name, kept in connections.items()}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name in given:
            del os.environ[name]
        os.environ.update({name: value for name, value in before.items() if value is not None})
