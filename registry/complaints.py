"""What a database complains of, as our own errors in one line: without its statements, values or password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError, DataError, InterfaceError, OperationalError, TimeoutError

from records.errors import BadInput, Busy, HallpassError

BUSY_STATES = {"40001", "40P01", "53300", "55P03", "57014"}
"""SQLSTATEs (PostgreSQL, appendix A) after which trying again helps: serialisation, deadlock, full, lock, cancelled."""


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Complaints of the database at ``url`` as ours.

    Raises
    ------
    Busy : another process holds it, or its answer was cut off; trying again helps.
    BadInput : it cannot be opened, is no registry, or was given what it cannot keep.
    """
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        ours = _ours(error, url)
        if ours is None:
            raise
        raise ours from error
    except TimeoutError as error:
        raise _busy(url) from error
    except OverflowError as error:
        raise BadInput("A number is larger than the registry can keep", "Correct it") from error


def _ours(error: DatabaseError | InterfaceError, url: URL) -> HallpassError | None:
    name, said = url.render_as_string(hide_password=True), _said(error, url)
    if getattr(error.orig, "sqlstate", None) in BUSY_STATES or "locked" in said:
        return _busy(url)
    if isinstance(error, DataError):
        return BadInput("The registry cannot keep what was given", "Make it shorter, in plain characters")
    if "not a database" in said:
        return BadInput(f"{name} is not a registry", "Name another file, or restore it")
    if isinstance(error, OperationalError) and url.get_backend_name() == "sqlite":
        return BadInput(f"The registry {name} cannot be opened: {said}", "Check the path")
    if isinstance(error, OperationalError):
        return BadInput(f"The registry {name} does not answer: {said}", "See that PostgreSQL runs and takes this user")
    return None


def _busy(url: URL) -> Busy:
    name = url.render_as_string(hide_password=True)
    return Busy(f"The registry {name} is held by another process", "Try again in a moment")


def _said(error: DatabaseError | InterfaceError, url: URL) -> str:
    """The driver's own words in one line, without its hints and without the password."""
    words = " ".join(str(error.orig).split("\n\t")[0].split())
    return words.replace(url.password, "***") if isinstance(url.password, str) and url.password else words
