"""The communications office's part of the menu, and who may come in."""

from __future__ import annotations

from console.access import only
from console.gate import Room
from console.texts import N_
from registry.users import Role

HOME = "/communications"
REVIEWERS = only(Role.COMMUNICATIONS)
ARCHIVE_READERS = only(Role.COMMUNICATIONS, Role.RECORDS)
REPORT_READERS = only(Role.COMMUNICATIONS, Role.SUPERINTENDENT)
PICTURE_READERS = only(Role.COMMUNICATIONS, Role.RECORDS, Role.SUPERINTENDENT)

room = Room(
    N_("Communications"),
    (
        (HOME, N_("To review")),
        (f"{HOME}/search", N_("Search the archive")),
        (f"{HOME}/trends", N_("The district's weeks")),
        (f"{HOME}/reports", N_("Weekly reports")),
    ),
)
