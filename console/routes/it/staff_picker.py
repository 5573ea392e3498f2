"""Somebody of the staff in a form: chosen from a list that can be read through, or typed and found in a longer one."""

from __future__ import annotations

from dataclasses import dataclass

from console.texts import _
from console.visit import Visit
from records.errors import BadInput

MANY = 300
"""People up to which all are offered."""

OFFERED = 20
"""Of those whose name fits what was typed, as many are offered."""


@dataclass(frozen=True, slots=True)
class Picker:
    """What a form offers: all of the staff (``few``), or those who fit ``typed``; pairs of sourcedId and name."""

    few: bool
    choices: list[tuple[str, str]]
    typed: str
    chosen: str


def picker(visit: Visit, value: str, also: tuple[str, str] | None = None) -> Picker:
    """For a field that holds ``value``, the roster's sourcedId or what was typed; ``also`` is offered besides."""
    staff = _staff(visit, also)
    if len(staff) <= MANY:
        return Picker(True, staff, value, value)
    known = dict(staff).get(value)
    fitting = [(value, known)] if known else _fitting(staff, value)[:OFFERED] if value else []
    return Picker(False, [(id_, f"{name} ({id_})") for id_, name in fitting], known or value, value if known else "")


def picked(visit: Visit, name: str, also: tuple[str, str] | None = None) -> str:
    """The sourcedId of whom the field ``name`` means; empty where nothing was typed.

    Raises
    ------
    BadInput : nobody is called so, or it could be several and none of them was chosen.
    """
    typed, chosen = visit.text(name), visit.text(f"{name}_id")
    staff = _staff(visit, also)
    if not typed or typed in dict(staff):
        return typed
    fitting = _fitting(staff, typed)
    if chosen in dict(fitting):
        return chosen
    same = [id_ for id_, called in fitting if called.casefold() == typed.casefold()]
    if len(same) == 1:
        return same[0]
    if not fitting:
        what = _("Nobody on the staff is called '%(name)s'", name=typed)
        raise BadInput(what, _("Type a part of the name as the roster has it"))
    raise BadInput(_("'%(name)s' could be one of several people", name=typed), _("Choose who it is, below the name"))


def _staff(visit: Visit, also: tuple[str, str] | None) -> list[tuple[str, str]]:
    staff = visit.console.registry.directory.staff()
    return [also, *staff] if also and also[0] not in dict(staff) else staff


def _fitting(staff: list[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    words = typed.casefold().split()
    return [(id_, name) for id_, name in staff if all(word in name.casefold() for word in words)]
