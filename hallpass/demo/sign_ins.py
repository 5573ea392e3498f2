"""One user for each role of the made-up district, with a password that is told once and kept nowhere else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from registry import Registry
from registry.passwords import generated
from registry.users import Role, UserDraft

NAMES = {
    Role.COMMUNICATIONS: "Noor Castellan",
    Role.IT: "Ines Varga",
    Role.SUPERINTENDENT: "Tobias Adeyemi-Holm",
    Role.RECORDS: "Mirela Stanhope",
    Role.AUDITOR: "Anselm Quist",
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who may sign in as what."""

    role: Role
    name: str
    login: str
    password: str


def make_sign_ins(registry: Registry, at: datetime) -> list[SignIn]:
    """A user for each role with a new password; those who are there already get one too."""
    person = _owner_of_most(registry)
    drafts = [UserDraft(role.value, name, frozenset({role})) for role, name in NAMES.items()]
    if person:
        person_id, name = person
        drafts.append(UserDraft(Role.STAFF.value, name, frozenset({Role.STAFF}), person_id=person_id))
    return [_sign_in(registry, draft, at) for draft in drafts]


def _sign_in(registry: Registry, draft: UserDraft, at: datetime) -> SignIn:
    password, known = generated(), registry.users.named(draft.login)
    if known is None:
        registry.users.add(draft, "demo", at, password, why="the made-up district")
    else:
        registry.users.recover(known.user_id, known.version, "demo", at, password, why="the made-up district")
    (role,) = draft.roles
    return SignIn(role, known.name if known else draft.name, draft.login, password)


def _owner_of_most(registry: Registry) -> tuple[str, str] | None:
    """The member of the staff with the most accounts, so that the staff's pages have something to show."""
    registered = registry.registered()
    counted = Counter((each.account.owner_id, each.owner_name) for each in registered)
    return max(counted, key=lambda owner: (counted[owner], owner), default=None)
