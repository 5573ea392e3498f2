"""What can stand in the way of a page, beyond the errors of :mod:`records.errors`."""

from __future__ import annotations

from console.texts import _
from records.errors import HallpassError, Refused


class SignInNeeded(HallpassError):
    """Nobody is signed in, or no longer."""

    def __init__(self, lost: bool = False) -> None:
        self.lost = lost
        super().__init__(_("You are not signed in"), _("Sign in, and you go on where you were"))


class Denied(Refused):
    """Somebody's role does not open this page; the reason is in the log."""

    def __init__(self, reason: str, audits: bool = False) -> None:
        self.reason = reason
        if audits:
            what = _("This page changes something, or is somebody's own, and an auditor changes nothing")
            super().__init__(what, _("Everything else is open to you: begin from the menu"))
            return
        super().__init__(_("This page is not part of your work here"), _("If it should be, ask IT for the role"))


class StaleForm(HallpassError):
    """A form without the token of this session: it was opened before signing in again, or comes from elsewhere."""

    def __init__(self, ours: bool) -> None:
        self.ours = ours
        super().__init__(_("This form is out of date"), _("Look at it again, then send it"))
