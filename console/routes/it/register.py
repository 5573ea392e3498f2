"""Registering an account: the platform is asked who it is, then the roster says who answers for it."""

from __future__ import annotations

from fastapi.responses import Response

from console.context import Profile
from console.gate import Here
from console.pages import go, render
from console.routes.it.room import FORMS, OURS, PLATFORMS, room
from console.routes.it.staff_picker import picked, picker
from console.texts import _
from console.visit import Visit
from records.errors import BadInput, HallpassError, PlatformError, Unavailable
from records.model import Platform
from registry import AccountDraft

CREDENTIAL = {"x": "hallpass_x", "facebook": "hallpass_facebook_"}


@room.page("/it/register", FORMS)
def form(visit: Here) -> Response:
    """Which account, and who answers for it."""
    return _form(visit)


@room.action("/it/register", OURS)
def register(visit: Here) -> Response:
    """Ask the platform for the account's own number, and register it; its owner proves it next."""
    try:
        draft = _draft(visit)
        account = visit.console.registry.add_account(draft, visit.me.login, visit.now, "registered in the console")
    except (BadInput, PlatformError) as error:
        return _form(visit, error)
    said = _("@%(handle)s is registered. Nothing is collected before its owner has proven it.", handle=account.handle)
    return go(visit, f"/it/accounts/{account.account_id}", said)


def _draft(visit: Visit) -> AccountDraft:
    """The account as typed, with the number and the handle as the platform has them."""
    platform, who = visit.text("platform"), visit.text("handle").removeprefix("@")
    if platform not in CREDENTIAL or not who:
        raise BadInput(_("The platform or the handle is missing"), _("Choose the platform, and type the handle"))
    credential = visit.text("credential") or _usual(platform, who)
    profile = _profile(visit, Platform(platform), who, credential)
    return AccountDraft(
        platform=platform,
        platform_id=profile.platform_id,
        handle=profile.handle or who,
        owner_id=picked(visit, "owner"),
        school=visit.text("school"),
        purpose=visit.text("purpose"),
        credential=credential,
    )


def _profile(visit: Visit, platform: Platform, who: str, credential: str) -> Profile:
    """Who the platform says it is; BadInput where it shows nobody of that name."""
    try:
        return visit.console.look_up_profile(platform, who, credential)
    except Unavailable as error:
        raise BadInput(error.what, _("Check the handle as the platform shows it, then try again")) from error


def _usual(platform: str, who: str) -> str:
    """The connection by the names that the README gives: one for all of X, one for each Page."""
    return CREDENTIAL[platform] + (who if platform == "facebook" else "")


def _form(visit: Visit, error: HallpassError | None = None) -> Response:
    names = ("platform", "handle", "owner", "school", "purpose", "credential")
    return render(
        visit,
        "it/register.html",
        422 if error else 200,
        error=error,
        typed={name: visit.text(name) for name in names},
        platforms=PLATFORMS,
        owner=picker(visit, visit.text("owner")),
        schools=list(visit.console.registry.schools().items()),
    )
