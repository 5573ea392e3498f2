"""What states, rules and answers are called on the office's pages."""

from __future__ import annotations

from collections.abc import Mapping

from console.reading.desk import Seen
from console.reading.queue import ANY, OPEN
from console.texts import N_, _, ngettext
from console.texts.telling import told
from registry.review_values import CLOSED, DISMISSALS, DISMISSED, IN_REVIEW
from registry.review_values import STATES as REVIEW_STATES
from reports.labels import Labels
from reports.words import CLAUSES, SURENESS

STATES = {OPEN: N_("Waiting"), **REVIEW_STATES, ANY: N_("All of them")}

OUTCOMES = {
    "permitted": N_("Permitted when posted"),
    "no_permission": N_("No permission found"),
    "expired": N_("Permission had ended"),
    "not_yet": N_("Permission began later"),
    "outside_community": N_("Not known on the roster"),
    "withdrawn": N_("No longer so"),
    "unjudged": N_("Not judged yet"),
}
"""What the registry answered, in words."""

TONES = {"permitted": "good", "withdrawn": "good", "expired": "wait", "not_yet": "wait", "no_permission": "wait"}

STATE_TONES = {"dismissed": "plain", "contacted": "wait", "referred": "wait", "closed": "good", "in_review": "plain"}

MOVES = {
    "dismissed": N_("Dismiss"),
    "contacted": N_("Staff contacted"),
    "referred": N_("Refer"),
    "closed": N_("Close"),
    "in_review": N_("Take into review"),
}
"""What a person can do, by the state that it leads to."""

SECOND_LOOK = N_("Open again")
"""Taking into review what was settled before."""

DONE = {
    "dismissed": N_("Dismissed"),
    "contacted": N_("Noted as contacted"),
    "referred": N_("Referred"),
    "closed": N_("Closed"),
    "in_review": N_("Taken into review"),
}

KEYS = {"dismissed": "d", "contacted": "c", "referred": "r", "closed": "x", "in_review": "i"}

REASONS = {
    rule: [code for code in DISMISSALS if code != other]
    for rule, other in (("logo-use", "not_outside"), ("outbound-outside-community", "not_ours"))
}
"""The reasons that fit a rule; any other rule has all."""

_RULES = {
    "logo-use": N_("A district mark in a picture"),
    "photo-use": N_("A district photograph"),
    "outbound-outside-community": N_("An account outside the community"),
}
_LINKS = {"like": N_("Likes %(name)s"), "follow": N_("Follows %(name)s")}

_DETAILS = {
    "detector": N_("Version of the detector"),
    "visible": N_("Share of the mark that is visible"),
    "overlap": N_("Overlap with the reference"),
    "agreement": N_("Agreement of the outlines"),
    "looks": N_("Looks like the mark (learned from drawn pictures)"),
    "votes": N_("Places that spoke for it"),
    "hash_distance": N_("Difference of the fingerprints"),
}


def rule(name: str) -> str:
    """A rule by what it looks for."""
    return _(_RULES[name]) if name in _RULES else name.replace("-", " ").capitalize()


def clause(number: str) -> str:
    """``4.9 · The district's logo and property``."""
    return f"{number} · {_(CLAUSES[number][0])}" if number in CLAUSES else number


def clause_words(number: str) -> str:
    """What a clause asks for, in our own words."""
    return _(CLAUSES[number][1]) if number in CLAUSES else ""


def title(seen: Seen, labels: Labels) -> str:
    """An observation in one line: ``District seal in a picture``, ``Follows @handle (Name)``."""
    if seen.link:
        return _(_LINKS.get(seen.link, N_("Is linked with %(name)s")), name=seen.named)
    if seen.media_sha256 is not None:
        return _("%(mark)s in a picture", mark=labels.mark(seen.subject))
    return rule(seen.rule)


def move(to_state: str, from_state: str) -> str:
    """What taking this step is called."""
    return _(SECOND_LOOK if to_state == IN_REVIEW and from_state in (DISMISSED, CLOSED) else MOVES[to_state])


def reasons(rule_name: str) -> list[tuple[str, str]]:
    """Why an observation of a rule may be dismissed: codes and words."""
    return [(code, _(DISMISSALS[code].words)) for code in REASONS.get(rule_name, list(DISMISSALS))]


def reason(code: str) -> str:
    """A reason to dismiss, as it goes on after a colon."""
    words = _(DISMISSALS[code].words) if code in DISMISSALS else code
    return words[:1].lower() + words[1:]


def sureness(confidence: float) -> str:
    """A detector's confidence in words, with the number behind it."""
    word = next(word for least, word in SURENESS if confidence >= least)
    return _("%(word)s (%(number)s of 100)", word=_(word), number=round(confidence * 100))


def details(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """A detector's own reasons, those that people can read."""
    return [(_(words), told(values[name])) for name, words in _DETAILS.items() if name in values]


def reasons_for(rules: set[str]) -> list[tuple[str, str]]:
    """The reasons that fit all of these rules."""
    fitting = [{code for code, _ in reasons(name)} for name in rules]
    return [(code, _(DISMISSALS[code].words)) for code in DISMISSALS if all(code in some for some in fitting)]


def counted(number: int) -> str:
    """``1 observation``, ``12 observations``."""
    return ngettext("%(num)s observation", "%(num)s observations", number)


def done(to_state: str, code: str, number: int) -> str:
    """What a step did, in a sentence."""
    why = f": {reason(code)}" if code else ""
    return f"{_(DONE[to_state])}, {counted(number)}{why}." if number > 1 else f"{_(DONE[to_state])}{why}."
