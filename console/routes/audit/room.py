"""The auditor's part of the menu: the other rooms are open to them too, to read."""

from __future__ import annotations

from console.access import only
from console.gate import Room
from console.texts import N_
from registry.users import Role

HOME = "/audit"
AUDITORS = only(Role.AUDITOR)

room = Room(N_("Audit"), ((HOME, N_("Who did what")),))
