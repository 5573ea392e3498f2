"""Bring the registry's idea of the educational community up to date from the district's OneRoster export."""

from __future__ import annotations

from hallpass.pipeline.office import opened
from hallpass.settings import Settings
from records.errors import BadInput
from registry import RosterReport


def sync_roster(settings: Settings) -> RosterReport:
    """Import ``settings.roster``.

    Raises
    ------
    BadInput : no roster is set, or it cannot be used; the registry is as it was.
    """
    if settings.roster is None:
        raise BadInput("No roster is set", "Set HALLPASS_ROSTER to the OneRoster zip of your student system")
    with opened(settings) as office:
        return office.registry.import_roster(settings.roster, by="roster_sync", at=settings.now())
