"""The rooms, opened for one task: what each function of the pipeline starts from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from connectors.budget import Budget
from connectors.transport import Transport
from hallpass.secrets import LEDGER, MINIMISE, secret
from hallpass.settings import Settings
from records.errors import Refused
from records.model import Platform
from registry import Community, References, Registry
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
        """The district's hard limit on what the platforms may cost."""
        spacing = {"x.search_all": 1 / self.settings.x_archive_searches_per_second}
        return Budget(self.folder / "budget.sqlite", self.settings.x_budget_usd, self.settings.now, spacing)

    def minimise_key(self) -> bytes | None:
        """The district's key for inbound followers, or None where the district retains them as they are."""
        if self.settings.unmatched_followers == "retain":
            return None
        return bytes.fromhex(secret(MINIMISE))

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
        if not (self.folder / "published").is_dir():
            yield None
            return
        with open_published(self.folder) as connection:
            yield connection

    def references(self) -> References:
        """The district's marks and the lookalikes as files, remade from the registry at will."""
        return self.registry.materialise_references(self.folder / "references")

    def community(self, platform: Platform) -> Community:
        """Who belongs to the educational community on ``platform``."""
        return self.registry.community(platform, self.minimise_key())

    def ready_to_collect(self) -> None:
        """Refuse to collect anything real before the go-live checklist is complete; the sandbox is exempt.

        Raises
        ------
        Refused : naming what is missing.
        """
        missing = [] if self.settings.sandboxed else self.registry.go_live_missing()
        if missing:
            raise Refused(
                f"Nothing real is collected before the go-live checklist is complete: {', '.join(missing)}",
                "Record each with `hallpass golive done`",
            )


@contextmanager
def opened(settings: Settings) -> Iterator[Office]:
    """The rooms under ``settings``; the registry is closed at the end."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    registry = Registry.open(settings.registry_url)
    try:
        yield Office(settings, registry, Landing(settings.folder))
    finally:
        registry.close()
