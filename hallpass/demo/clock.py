"""Where the demo's calendar stands: a week further after each run that was completed, and not before."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from hallpass.settings import DEMO_STATE
from records.canonical import canonical, iso
from records.errors import BadInput, Refused
from sandbox.clock import FIRST_DEMO, WEEK
from warehouse import durable

DISTRICT = "Alder Falls Public Schools"


def weeks_completed(folder: Path) -> int:
    """How many demo runs have been completed in ``folder``.

    Raises
    ------
    Refused : the folder holds a district's own data, which a demo must not touch.
    BadInput : the state cannot be read.
    """
    state = folder / DEMO_STATE
    if not state.exists():
        if (folder / "registry.sqlite").exists():
            raise Refused(
                f"{folder} holds a district's own data, so no demo runs in it",
                "Set HALLPASS_FOLDER to another folder",
            )
        return 0
    try:
        return int(json.loads(state.read_text())["weeks"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{state} cannot be read ({error})", f"Delete {folder} to begin anew") from error


def note_weeks(folder: Path, weeks: int) -> None:
    """Remember that ``weeks`` runs have been completed."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {"weeks": weeks, "district": DISTRICT, "clock": iso(moment(max(0, weeks - 1)))}
    durable.write(folder / DEMO_STATE, [canonical(state)], overwrite=True)


def moment(weeks: int) -> datetime:
    """The sandbox's time in the run after ``weeks`` completed ones."""
    return FIRST_DEMO + weeks * WEEK
