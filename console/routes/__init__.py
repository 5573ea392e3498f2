"""The rooms of the console, in the order of the menu."""

from __future__ import annotations

from console.gate import Room
from console.routes import (
    assets,
    audit,
    communications,
    home,
    it,
    me,
    ownership,
    provider,
    public,
    records,
    signin,
    staff,
    superintendent,
)

ROOMS: tuple[Room, ...] = (
    home.room,
    signin.room,
    provider.room,
    communications.room,
    it.room,
    superintendent.room,
    records.room,
    staff.room,
    audit.room,
    ownership.room,
    me.room,
    assets.room,
    public.room,
)
"""Each module of this folder makes one :class:`console.gate.Room`; a new one is named here."""
