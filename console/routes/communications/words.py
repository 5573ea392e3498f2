"""What states, rules and answers are called on the office's pages."""

from __future__ import annotations

from collections.abc import Mapping

from console.reading.desk import Seen
from console.reading.queue import ANY, OPEN
from registry.review_values import CLOSED, DISMISSALS, DISMISSED, IN_REVIEW
from registry.review_values import STATES as REVIEW_STATES
from reports.labels import Labels
from reports.words import CLAUSES

STATES = {OPEN: "Waiting", **REVIEW_STATES, ANY: "All of them"}

OUTCOMES = {
    "permitted": "Permitted when posted",
    "no_permission": "No permission found",
    "expired": "Permission had ended",
    "not_yet": "Permission began later",
    "outside_community": "Not known on the roster",
    "withdrawn": "No longer so",
    "unjudged": "Not judged yet",
}
"""What the registry answered, in words."""

TONES = {"permitted": "good", "withdrawn": "good", "expired": "wait", "not_yet": "wait", "no_permission": "wait"}

STATE_TONES = {"dismissed": "plain", "contacted": "wait", "referred": "wait", "closed": "good", "in_review": "plain"}

MOVES = {
    "dismissed": "Dismiss",
    "contacted": "Staff contacted",
    "referred": "Refer",
    "closed": "Close",
    "in_review": "Take into review",
}
"""What a person can do, by the state that it leads to."""

SECOND_LOOK = "Open again"
"""Taking into review what was settled before."""

DONE = {
    "dismissed": "Dismissed",
    "contacted": "Noted as contacted",
    "referred": "Referred",
    "closed": "Closed",
    "in_review": "Taken into review",
}

KEYS = {"dismissed": "d", "contacted": "c", "referred": "r", "closed": "x", "in_review": "i"}

REASONS = {
    rule: [code for code in DISMISSALS if code != other]
    for rule, other in (("logo-use", "not_outside"), ("outbound-outside-community", "not_ours"))
}
"""The reasons that fit a rule; any other rule has all."""

_RULES = {
    "logo-use": "A district mark in a picture",
    "photo-use": "A district photograph",
    "outbound-outside-community": "An account outside the community",
}
_LINKS = {"like": "Likes", "follow": "Follows"}

_DETAILS = {
    "detector": "Version of the detector",
    "visible": "Share of the mark that is visible",
    "overlap": "Overlap with the reference",
    "agreement": "Agreement of the outlines",
    "votes": "Places that spoke for it",
    "hash_distance": "Difference of the fingerprints",
}


def rule(name: str) -> str:
    """A rule by what it looks for."""
    return _RULES.get(name) or name.replace("-", " ").capitalize()


def clause(number: str) -> str:
    """``4.9 · The district's logo and property``."""
    return f"{number} · {CLAUSES[number][0]}" if number in CLAUSES else number


def clause_words(number: str) -> str:
    """What a clause asks for, in our own words."""
    return CLAUSES[number][1] if number in CLAUSES else ""


def title(seen: Seen, labels: Labels) -> str:
    """An observation in one line: ``District seal in a picture``, ``Follows @handle (Name)``."""
    if seen.link:
        return f"{_LINKS.get(seen.link, 'Is linked with')} {seen.named}"
    if seen.media_sha256 is not None:
        return f"{labels.mark(seen.subject)} in a picture"
    return rule(seen.rule)


def move(to_state: str, from_state: str) -> str:
    """What taking this step is called."""
    return SECOND_LOOK if to_state == IN_REVIEW and from_state in (DISMISSED, CLOSED) else MOVES[to_state]


def reasons(rule_name: str) -> list[tuple[str, str]]:
    """Why an observation of a rule may be dismissed: codes and words."""
    return [(code, DISMISSALS[code].words) for code in REASONS.get(rule_name, list(DISMISSALS))]


def reason(code: str) -> str:
    """A reason to dismiss, as it goes on after a colon."""
    words = DISMISSALS[code].words if code in DISMISSALS else code
    return words[:1].lower() + words[1:]


def details(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """A detector's own reasons, those that people can read."""
    return [(words, values[name]) for name, words in _DETAILS.items() if name in values]


def reasons_for(rules: set[str]) -> list[tuple[str, str]]:
    """The reasons that fit all of these rules."""
    fitting = [{code for code, _ in reasons(name)} for name in rules]
    return [(code, DISMISSALS[code].words) for code in DISMISSALS if all(code in some for some in fitting)]


def counted(number: int) -> str:
    """``1 observation``, ``12 observations``."""
    return f"{number:,} observation{'' if number == 1 else 's'}"


def done(to_state: str, code: str, number: int) -> str:
    """What a step did, in a sentence."""
    why = f": {reason(code)}" if code else ""
    return f"{DONE[to_state]}, {counted(number)}{why}." if number > 1 else f"{DONE[to_state]}{why}."
