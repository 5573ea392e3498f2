"""The communications office's part of the menu, and who may come in."""

from __future__ import annotations

from console.access import only
from console.gate import Room
from registry.users import Role

HOME = "/communications"
REVIEWERS = only(Role.COMMUNICATIONS)
ARCHIVE_READERS = only(Role.COMMUNICATIONS, Role.RECORDS)
REPORT_READERS = only(Role.COMMUNICATIONS, Role.SUPERINTENDENT)
PICTURE_READERS = only(Role.COMMUNICATIONS, Role.RECORDS, Role.SUPERINTENDENT)

room = Room(
    "Communications",
    (
        (HOME, "To review"),
        (f"{HOME}/search", "Search the archive"),
        (f"{HOME}/trends", "The district's weeks"),
        (f"{HOME}/reports", "Weekly reports"),
    ),
)
