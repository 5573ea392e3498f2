"""Where an observation can stand, and what reviews and what is written about them look like. Frozen values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import sqrt

NEW, IN_REVIEW, DISMISSED = "new", "in_review", "dismissed"
CONTACTED, REFERRED, CLOSED = "contacted", "referred", "closed"
STATES = {
    NEW: "New",
    IN_REVIEW: "In review",
    DISMISSED: "Dismissed",
    CONTACTED: "Staff contacted",
    REFERRED: "Referred",
    CLOSED: "Closed",
}
"""The states with the words that people read."""

CONFIRMED = frozenset({CONTACTED, REFERRED, CLOSED})
"""The states in which an observation is a person's finding."""

NEXT = {
    NEW: (IN_REVIEW, DISMISSED, CONTACTED),
    IN_REVIEW: (DISMISSED, CONTACTED),
    CONTACTED: (REFERRED, CLOSED, DISMISSED),
    REFERRED: (CLOSED, DISMISSED),
    DISMISSED: (IN_REVIEW,),
    CLOSED: (IN_REVIEW, DISMISSED),
}
"""Where each state may be moved to; staff are contacted before anything is referred or closed."""


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A reason to dismiss, in words; ``error`` means that the detector was wrong."""

    words: str
    error: bool


DISMISSALS = {
    "not_ours": Dismissal("It does not show the district's mark or photograph", error=True),
    "not_outside": Dismissal("The other side belongs to the school community", error=True),
    "permitted_elsewhere": Dismissal("It was permitted in a way that is not on record here", error=False),
    "corrected": Dismissal("It has been put right already", error=False),
    "harmless": Dismissal("It needs nothing from anybody", error=False),
}
"""Why an observation may be dismissed, by reason code."""

REPLY, APPEAL, ANSWER = "reply", "appeal", "answer"


@dataclass(frozen=True, slots=True)
class Change:
    """An observation as the reviewer saw it; ``version`` is its review's then, 0 where it was new.

    ``group`` is the same for observations that rest on the same evidence.
    """

    observation_id: str
    rule: str
    account_id: str
    subject: str
    group: str
    version: int


@dataclass(frozen=True, slots=True)
class Review:
    """Where an observation stands, and who brought it there; ``reason`` is a key of :data:`DISMISSALS` or empty."""

    observation_id: str
    rule: str
    account_id: str
    subject: str
    group: str
    state: str
    reason: str
    note: str
    by: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a review; ``undo`` where it took the step before it back."""

    version: int
    state: str
    reason: str
    note: str
    by: str
    at: datetime
    undo: bool


@dataclass(frozen=True, slots=True)
class Message:
    """What was written about a confirmed observation; ``kind`` is reply, appeal or answer."""

    observation_id: str
    kind: str
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Precision:
    """How often people agreed with a rule: ``right`` were confirmed, ``wrong`` dismissed as its error."""

    right: int
    wrong: int

    @property
    def share(self) -> float | None:
        """The share that was right, 0..1; None where nothing was judged yet."""
        judged = self.right + self.wrong
        return self.right / judged if judged else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% confidence interval of the share (Wilson's score interval); 0..1 where nothing was judged."""
        n, z = self.right + self.wrong, 1.959964
        if not n:
            return 0.0, 1.0
        p = self.right / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - reach), min(1.0, middle + reach)
