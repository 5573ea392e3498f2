"""Who may sign in, and as what."""

from __future__ import annotations

from dataclasses import replace

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.routes.it.room import FORMS, OURS, room
from console.routes.it.staff_picker import picked, picker
from console.texts import _
from console.visit import Visit
from records.errors import BadInput, Conflict, HallpassError, Refused
from registry.passwords import generated
from registry.users import Role, User, UserDraft, read_roles


@room.page("/it/users", OURS)
def users(visit: Here) -> Response:
    """Everybody who may sign in, and the last sign-ins and denials."""
    registry = visit.console.registry
    return render(visit, "it/users.html", users=registry.users.all(), log=registry.sessions.log(30))


@room.page("/it/users/new", FORMS)
def new(visit: Here) -> Response:
    """The form for another user."""
    return _form(visit, None, UserDraft("", "", frozenset()))


@room.action("/it/users", OURS)
def add(visit: Here) -> Response:
    """Let somebody sign in; the password is shown once."""
    password = generated()
    try:
        user = visit.console.registry.users.add(_typed(visit), visit.me.login, visit.console.clock(), password)
    except BadInput as error:
        return _form(visit, None, _draft(visit), error)
    return render(visit, "it/password.html", user=user, password=password)


@room.page("/it/users/{user_id}", OURS)
def user(visit: Here, user_id: int) -> Response:
    """One user."""
    found = visit.console.registry.users.get(user_id)
    return _form(visit, found, UserDraft(found.login, found.name, found.roles, found.email, found.person_id))


@room.action("/it/users/{user_id}", OURS)
def change(visit: Here, user_id: int) -> Response:
    """Another name, address or roles."""
    registry, at = visit.console.registry, visit.console.clock()
    try:
        changed = registry.users.change(user_id, _typed(visit), visit.number("version"), visit.me.login, at)
    except (BadInput, Conflict, Refused) as error:
        return _form(visit, registry.users.get(user_id), _draft(visit), error)
    return go(visit, "/it/users", _("%(name)s was changed.", name=changed.name))


@room.action("/it/users/{user_id}/state", OURS)
def state(visit: Here, user_id: int) -> Response:
    """Close a user, or let one in again."""
    registry, version, at = visit.console.registry.users, visit.number("version"), visit.console.clock()
    if visit.text("to") == "open":
        changed = registry.reopen(user_id, version, visit.me.login, at, visit.text("why"))
        return go(visit, "/it/users", _("%(name)s may sign in again.", name=changed.name))
    changed = registry.close(user_id, version, visit.me.login, at, visit.text("why"))
    return go(visit, "/it/users", _("%(name)s may sign in no more; open sessions have ended.", name=changed.name))


@room.action("/it/users/{user_id}/recover", OURS)
def recover(visit: Here, user_id: int) -> Response:
    """A new password, shown once, and another phone at the next sign-in."""
    password, at = generated(), visit.console.clock()
    user = visit.console.registry.users.recover(user_id, visit.number("version"), visit.me.login, at, password)
    return render(visit, "it/password.html", user=user, password=password)


def _draft(visit: Visit) -> UserDraft:
    """What was typed, as far as it can be shown again."""
    roles = frozenset(Role(name) for name in visit.texts("role") if name in set(Role))
    person = visit.text("person") or None
    return UserDraft(visit.text("login"), visit.text("name"), roles, visit.text("email") or None, person)


def _typed(visit: Visit) -> UserDraft:
    read_roles(visit.texts("role"))
    return replace(_draft(visit), person_id=picked(visit, "person") or None)


def _form(visit: Visit, user: User | None, draft: UserDraft, error: HallpassError | None = None) -> Response:
    status = 409 if isinstance(error, Conflict) else 403 if isinstance(error, Refused) else 422 if error else 200
    roles, person = [(role.value, _(role.label)) for role in Role], picker(visit, draft.person_id or "")
    return render(visit, "it/user.html", status, user=user, draft=draft, error=error, roles=roles, person=person)
