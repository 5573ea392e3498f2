"""What the trails' entries are called, and where what they are about can be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import quote

from console.pages import day, offices, when
from console.texts import N_, _, number
from console.visit import Visit
from records.model import Platform
from registry.audit import ACCESS, DECISIONS, LOOKS, NAMES, Entry
from registry.users import Role
from reports.labels import Labels
from reports.words import PLATFORMS

TRAILS = {
    DECISIONS: N_("Decisions"),
    NAMES: N_("Names that were opened"),
    LOOKS: N_("What was looked at"),
    ACCESS: N_("Sign-ins and denials"),
}

ACTIONS = {
    "account.changed": N_("Account changed"),
    "account.deactivated": N_("Account deactivated"),
    "account.handle_seen": N_("Another handle seen"),
    "account.kept": N_("Account kept though its owner left"),
    "account.reactivated": N_("Account registered again"),
    "account.registered": N_("Account registered"),
    "account.verified": N_("Ownership proven"),
    "budget.set": N_("Monthly limit set"),
    "closure.noted": N_("Closed day noted"),
    "closure.removed": N_("Closed day taken out"),
    "credential.noted": N_("End of a token noted"),
    "deposit.received": N_("File handed in"),
    "disposition.approved": N_("Disposition approved"),
    "disposition.begun": N_("Disposition begun"),
    "disposition.done": N_("Disposition carried out"),
    "disposition.permitted": N_("State's permission noted"),
    "disposition.proposed": N_("Disposition proposed"),
    "disposition.refused": N_("Own disposition not approved"),
    "disposition.withdrawn": N_("Disposition withdrawn"),
    "export.made": N_("Records exported"),
    "golive.corrected": N_("Going live: reference corrected"),
    "golive.done": N_("Going live: item done"),
    "grant.given": N_("Permission given"),
    "grant.revoked": N_("Permission revoked"),
    "hold.placed": N_("Legal hold placed"),
    "hold.released": N_("Legal hold released"),
    "identity.opened": N_("Names opened"),
    "ledger.damaged": N_("Ledger found damaged"),
    "ledger.rotated": N_("Ledger's key changed"),
    "ledger.stamped": N_("Checkpoint stamped"),
    "ledger.verified": N_("Ledger checked"),
    "lookalike.added": N_("Lookalike added"),
    "mail.recipient.added": N_("Recipient of mail added"),
    "mail.recipient.removed": N_("Recipient of mail taken out"),
    "mark.added": N_("Mark added"),
    "organisation.accepted": N_("Organisation accepted"),
    "organisation.taken_back": N_("Organisation taken back"),
    "ownership.code_issued": N_("Code for the bio given out"),
    "photograph.added": N_("Photograph added"),
    "procedures.acknowledged": N_("Procedures acknowledged"),
    "procedures.published": N_("Procedures published"),
    "public_request.answered": N_("Records request answered"),
    "public_request.chosen": N_("Records chosen"),
    "public_request.extended": N_("Records request extended"),
    "public_request.left_out": N_("Records left out"),
    "public_request.received": N_("Records request received"),
    "public_request.ruled": N_("Record decided on"),
    "request.approved": N_("Request approved"),
    "request.asked": N_("Permission asked for"),
    "request.denied": N_("Request denied"),
    "request.refused": N_("Own request not decided"),
    "request.withdrawn": N_("Request taken back"),
    "retention.ended": N_("Retention period ended"),
    "retention.set": N_("Retention period set"),
    "review.answer": N_("Appeal answered"),
    "review.appeal": N_("Appeal"),
    "review.moved": N_("Observation moved"),
    "review.reply": N_("Reply to an observation"),
    "review.undone": N_("Step taken back"),
    "roster.imported": N_("Roster imported"),
    "user.added": N_("User added"),
    "user.changed": N_("User changed"),
    "user.closed": N_("User closed"),
    "user.linked": N_("User linked to the district's sign-in"),
    "user.password": N_("Password set"),
    "user.recovered": N_("User let in again"),
    "user.reopened": N_("User opened again"),
}

LOOKED_AT = {
    "observation": N_("An observation"),
    "post": N_("A post"),
    "identity": N_("The names in a thread"),
    "report": N_("A report"),
    "export": N_("What was handed out"),
    "deposit": N_("A file that was handed in"),
}

FACTS = {
    "account_id": N_("account"),
    "added": N_("added"),
    "address": N_("address"),
    "approved_by": N_("approved by"),
    "asset": N_("mark or photograph"),
    "batch": N_("batch"),
    "conditions": N_("conditions"),
    "credential": N_("connection"),
    "decided_by": N_("decided by"),
    "due": N_("due"),
    "ends": N_("ends"),
    "exemption": N_("exemption"),
    "expires_at": N_("ends"),
    "file": N_("file"),
    "former": N_("former"),
    "from": N_("from"),
    "handle": N_("handle"),
    "issuer": N_("provider"),
    "limit": N_("limit in US dollars"),
    "line": N_("line"),
    "list": N_("list"),
    "manifest": N_("fingerprint"),
    "method": N_("proven by"),
    "months": N_("months"),
    "number": N_("number"),
    "numbers": N_("records"),
    "owner_id": N_("owner"),
    "permission": N_("permission"),
    "person_id": N_("person"),
    "platform": N_("platform"),
    "platform_id": N_("platform's number"),
    "purpose": N_("purpose"),
    "reason": N_("reason"),
    "record_id": N_("record"),
    "records": N_("records"),
    "reference": N_("reference"),
    "removed": N_("removed"),
    "renews": N_("renews"),
    "roles": N_("roles"),
    "rule": N_("rule"),
    "ruling": N_("decided"),
    "school": N_("school"),
    "size": N_("bytes"),
    "starts": N_("begins"),
    "state": N_("state"),
    "title": N_("title"),
    "to": N_("to"),
    "together": N_("together with"),
    "trigger": N_("counted from"),
    "unchanged": N_("unchanged"),
    "updated": N_("updated"),
    "verified_at": N_("proven"),
    "version": N_("version"),
}
"""Further facts of an entry; one that is not here goes by the name that the registry gave it."""

COUNTED = {"added", "removed", "unchanged", "updated", "records", "size"}
"""The facts that are numbers of something."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

_PLACES = {
    "account": "/it/accounts/{}",
    "budget": "/it/budget",
    "ownership": "/it/accounts/{}",
    "review": "/communications/observations/{}",
    "observation": "/communications/observations/{}",
    "post": "/communications/posts/{}",
    "identity": "/communications/posts/{}",
    "request": "/superintendent/requests/{}",
    "public_request": "/records/requests/{}",
    "report": "/communications/reports/{}",
    "user": "/it/users/{}",
}
"""By what an action or a look begins with, the page of its subject."""


def deed(kind: str, entry: Entry) -> str:
    """What was done: ``Permission given``."""
    if kind == ACCESS:
        return _("Denied") if entry.what == "denied" else _("Signed in") if entry.allowed else _("Not let in")
    named = {**ACTIONS, **LOOKED_AT}.get(entry.what)
    return _(named) if named else entry.what


def subject(kind: str, entry: Entry, labels: Labels, users: Mapping[int, str]) -> str:
    """What it was about, as people know it: an account by its handle, a user by name, a long number by its start."""
    if entry.what.startswith(("account.", "ownership.")):
        return f"@{labels.account(entry.subject).handle}"
    if entry.what.startswith(("mark.", "photograph.")):
        return labels.mark(entry.subject)
    if entry.what.startswith("budget."):
        return PLATFORMS[Platform(entry.subject)]
    if user := _user(entry.subject):
        return users.get(user, entry.subject)
    return entry.subject if kind == ACCESS or len(entry.subject) <= 40 else f"{entry.subject[:12]}…"


def place(kind: str, entry: Entry) -> str:
    """The address where it can be read; empty where it has no page of its own."""
    about = entry.what.partition(".")[0]
    if about == "identity" and ":" not in entry.subject:  # a relationship has no thread
        about = "observation"
    pattern = "" if kind == ACCESS else _PLACES.get(about, "")
    return pattern.format(_user(entry.subject) or quote(entry.subject, safe="/:"))


def facts(entry: Entry, visit: Visit) -> list[tuple[str, str]]:
    """What else is known of it, in words; digests are for programs."""
    more = [(name, value) for name, value in entry.more.items() if value and "sha256" not in name]
    return [
        (_(FACTS[name]) if name in FACTS else name.replace("_", " "), _as_said(name, value, visit))
        for name, value in more
    ]


def _as_said(name: str, value: str, visit: Visit) -> str:
    """A fact's value as people say it: the registry's dates, numbers and roles are written for programs."""
    if _MOMENT.fullmatch(value):
        return when(datetime.fromisoformat(value), visit)
    if _DAY.fullmatch(value):
        return day(date.fromisoformat(value), visit)
    if name == "roles":
        return offices(Role(each) for each in value.split())
    return number(int(value)) if name in COUNTED and value.isdecimal() else value


def _user(subject: str) -> int | None:
    """The number of the user that a subject names."""
    number = subject.removeprefix("user:")
    return int(number) if number != subject and number.isdecimal() else None
