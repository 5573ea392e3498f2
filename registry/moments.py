"""Times as people write them in CSV files and on the command line, and days as they read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from records.errors import BadInput


def read_moment(text: str, zone: tzinfo = UTC, whole_day: bool = False) -> datetime | None:
    """The moment (UTC) that ``text`` means; None where it is empty.

    A date alone is the day's beginning in ``zone``, or its end where ``whole_day``. A time without a
    zone is in ``zone``.

    Raises
    ------
    BadInput : for anything but ISO 8601.
    """
    text = text.strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        if whole_day and len(text) <= len("2026-09-01"):
            at += timedelta(days=1)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        todo = "Write it as 2026-09-01 or 2026-09-01T08:00:00Z"
        raise BadInput(f"'{text}' is not a date or a time", todo) from error


def day(at: datetime, zone: tzinfo) -> str:
    """The day of ``at`` by the calendar of ``zone``: ``11 October 2026``."""
    return f"{at.astimezone(zone):%-d %B %Y}"


def last_day(end: datetime, zone: tzinfo) -> str:
    """The last day that a time up to but not including ``end`` touches."""
    return day(end - timedelta(microseconds=1), zone)
