"""The rooms, opened for one task: what each function of the pipeline starts from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import duckdb

from connectors.budget import Budget
from connectors.transport import Transport
from hallpass.secrets import LEDGER, MINIMISE, secret
from hallpass.settings import DEMO_STATE, Settings
from records.errors import BadInput, Refused
from records.model import Platform
from registry import Community, Photographs, References, Registry
from reports.model import Spending
from warehouse.landing import Landing
from warehouse.note import Signer, signer_from
from warehouse.publish import open_published


@dataclass(frozen=True)
class Office:
    """One district's rooms under its data folder."""

    settings: Settings
    registry: Registry
    landing: Landing

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.settings.folder

    def transport(self) -> Transport:
        """The way out to the platforms, or to the sandbox."""
        return Transport(self.settings.platform_url, self.settings.now, self.settings.timeout)

    def budget(self) -> Budget:
        """The district's hard limit on what the platforms may cost: what IT has decided, else the setting."""
        decided = self.registry.budgets.limit(Platform.X)
        cap = decided.usd if decided else self.settings.x_budget_usd
        spacing = {"x.search_all": 1 / self.settings.x_archive_searches_per_second}
        return Budget(self.folder / "budget.sqlite", cap, self.settings.now, spacing)

    def spending(self) -> Spending:
        """What the month has cost so far, of what it may."""
        budget = self.budget()
        return Spending(f"{self.settings.now().astimezone(UTC):%B %Y}", budget.spent_usd(), budget.cap_usd)

    def minimise_key(self) -> bytes | None:
        """The district's key for inbound followers, or None where the district retains them as they are."""
        if self.settings.unmatched_followers == "retain":
            return None
        try:
            return bytes.fromhex(secret(MINIMISE))
        except ValueError:
            todo = f"Put 64 hexadecimal digits into the Airflow connection {MINIMISE}: `openssl rand -hex 32`"
            raise BadInput("The key that hides followers' handles is not hexadecimal", todo) from None

    def signer(self) -> Signer:
        """The district's key, which signs the ledger.

        Raises
        ------
        TokenDead : no key is kept; the message says how to make one.
        BadInput : what is kept is no key.
        """
        return signer_from(secret(LEDGER))

    @contextmanager
    def published(self) -> Iterator[duckdb.DuckDBPyConnection | None]:
        """The newest published copy while it is needed, or None before the first load."""
        if not (self.folder / "published" / "current").exists():
            yield None
            return
        with open_published(self.folder) as connection:
            yield connection

    def references(self) -> References:
        """The district's marks and the lookalikes as files, remade from the registry at will."""
        return self.registry.materialise_references(self.folder / "references")

    def photographs(self) -> Photographs:
        """The district's photographs as files, as :meth:`references`."""
        return self.registry.materialise_photographs(self.folder / "references")

    def community(self, platform: Platform) -> Community:
        """Who belongs to the educational community on ``platform``."""
        return self.registry.community(platform, self.minimise_key())

    def ready_to_collect(self) -> None:
        """Refuse to collect anything real before the go-live checklist is complete; the sandbox is exempt.

        Raises
        ------
        Refused : naming what is missing, or that the folder holds the made-up district.
        """
        if self.settings.sandboxed:
            return
        if (self.folder / DEMO_STATE).exists():
            raise Refused(
                f"{self.folder} holds the made-up district, whose accounts do not exist",
                "Set HALLPASS_FOLDER to a folder of your own",
            )
        if missing := self.registry.go_live_missing():
            raise Refused(
                f"Nothing real is collected before the go-live checklist is complete: {', '.join(missing)}",
                "Record each with `hallpass golive done`",
            )


def make_folder(settings: Settings) -> None:
    """Make the data folder.

    Raises
    ------
    BadInput : it cannot be made or written.
    """
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{settings.folder} cannot be made ({error.strerror})", "Set HALLPASS_FOLDER") from error
    if not os.access(settings.folder, os.W_OK):
        raise BadInput(f"{settings.folder} cannot be written", "Give its owner the right, or set HALLPASS_FOLDER")


@contextmanager
def opened(settings: Settings) -> Iterator[Office]:
    """The rooms under ``settings``; the registry is closed at the end."""
    make_folder(settings)
    registry = Registry.open(settings.registry_url)
    try:
        yield Office(settings, registry, Landing(settings.folder))
    finally:
        registry.close()
