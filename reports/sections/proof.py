"""What every observation shows: whose it is, what the registry answered, and which rule noticed it."""

from __future__ import annotations

from reports import words
from reports.model import Seen
from reports.sections.coverage import account_name


def account(seen: Seen) -> str:
    """The account with its school and purpose."""
    whose = seen.account
    return ", ".join(part for part in (account_name(whose), whose.school, whose.purpose) if part)


def judged(seen: Seen) -> tuple[str, str]:
    """The card's badge, and what the registry says about the moment."""
    badge, sentence = words.OUTCOMES.get(seen.judged.outcome if seen.judged else None, words.OUTCOMES[None])
    return badge, seen.judged.basis if seen.judged and seen.judged.basis else sentence


def rule(seen: Seen) -> str:
    """The rule with its version."""
    return f"{seen.rule}, version {seen.rule_version}"


def evidence(seen: Seen) -> str:
    """Where the proof lies."""
    return seen.evidence or "not recorded"
