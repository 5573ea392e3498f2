"""Separation of duties: whether two who decide are one person, whatever they sign in as."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.models import UserRow


def same_person(session: Session, one: str, other: str) -> bool:
    """Whether two names are one, or the logins of one person on the roster; of unknown logins only the names count."""
    first, second = _plain(one), _plain(other)
    if first == second:
        return True
    known = select(func.lower(UserRow.login), UserRow.person_id).where(func.lower(UserRow.login).in_((first, second)))
    people = {login: person for login, person in session.execute(known) if person}
    return first in people and people[first] == people.get(second)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
