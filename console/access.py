"""Who may do what. Each route states one rule; nothing is served by a route without one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from registry.users import Role

READING = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route.

    Attributes
    ----------
    roles : whoever has one of these; empty means that no role is asked.
    signed_in : whether somebody must be signed in at all.
    audited : whether the auditor, who reads everything and changes nothing, may read it too.
    """

    roles: frozenset[Role] = frozenset()
    signed_in: bool = True
    audited: bool = True

    def __str__(self) -> str:
        if not self.signed_in:
            return "anybody"
        return ", ".join(sorted(role.label for role in self.roles)) or "whoever is signed in"


ANONYMOUS = Rule(signed_in=False)
SIGNED_IN = Rule()


def only(*roles: Role, audited: bool = True) -> Rule:
    """A rule for these roles; the auditor may read it unless ``audited`` is False (somebody's own things)."""
    return Rule(frozenset(roles), audited=audited)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may, and the reason, for the log and for the page that says no."""

    allowed: bool
    reason: str


def decide(rule: Rule, roles: Collection[Role] | None, method: str) -> Verdict:
    """What ``rule`` says to somebody with ``roles``, None being nobody who is signed in."""
    if not rule.signed_in:
        return Verdict(True, "open to anybody")
    if roles is None:
        return Verdict(False, "nobody is signed in")
    if not rule.roles:
        return Verdict(True, "open to whoever is signed in")
    if shared := rule.roles & frozenset(roles):
        return Verdict(True, f"has the role {min(shared)}")
    if rule.audited and Role.AUDITOR in roles and method in READING:
        return Verdict(True, "an auditor reads everything")
    if Role.AUDITOR in roles and method not in READING:
        return Verdict(False, "an auditor changes nothing")
    return Verdict(False, f"only for {rule}")
