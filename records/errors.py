"""The one exception tree. Retry is decided by type; each message says what happened, to what, and what to do.

::

    HallpassError
    ├── BadInput               a person's input; nothing was changed              (exit 2)
    ├── Refused                a rule forbids it: no consent, not decided         (exit 3)
    ├── PlatformError          what a platform answered, or failed to
    │   ├── Transient          try again soon
    │   │   └── UnexpectedAnswer   not what the platform's documentation promises (HTML, empty, no data)
    │   ├── Throttled          try again at ``resume_at``
    │   └── Terminal           trying again will not help
    │       ├── TokenDead          IT must authorise again
    │       ├── NotPermitted       IT must ask for one permission
    │       └── Unavailable        the account or object cannot be seen; ``gone`` says how
    ├── EvidenceError          the landing tree cannot be trusted or written
    │   ├── LandingFailed      not durable; the cursor has not moved
    │   └── EvidenceDamaged    bytes at rest are not what was landed
    ├── Busy                   another process of ours holds the thing            (try again)
    ├── Interrupted            a person ended it; the next run goes on            (exit 130)
    └── PipelineFailed         a task of a run failed; names it and its cause
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from records.model import Gone


class HallpassError(Exception):
    """What happened, to what, and what to do next, in one line.

    Parameters
    ----------
    what : one sentence without the final full stop.
    todo : what the reader does next, one sentence without the final full stop.
    """

    exit_code = 1

    def __init__(self, what: str, todo: str = "") -> None:
        self.what = what
        self.todo = todo
        super().__init__(f"{what}. {todo}." if todo else f"{what}.")

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, whatever its parameters are: errors come back from other processes too."""
        return _remade, (type(self), self.args, self.__dict__)


def _remade(kind: type[HallpassError], args: tuple[str, ...], state: dict[str, Any]) -> HallpassError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class BadInput(HallpassError):
    """A file, an argument or an answer that a person gave cannot be used; everything is as it was."""

    exit_code = 2


class Refused(HallpassError):
    """A rule of the district or of hallpass forbids it."""

    exit_code = 3


class PlatformError(HallpassError):
    """A platform did not give what was asked for."""


class Transient(PlatformError):
    """A passing fault: a 5xx, a time-out, a reset connection."""


class UnexpectedAnswer(Transient):
    """An answer that the platform's documentation does not describe: HTML, empty, or without its data."""


class Throttled(PlatformError):
    """A rate limit or a budget of the district's is used up until ``resume_at`` (aware, UTC)."""

    def __init__(self, what: str, resume_at: datetime, todo: str = "") -> None:
        self.resume_at = resume_at
        super().__init__(what, todo or f"Collection goes on by itself after {resume_at:%Y-%m-%d %H:%M} UTC")


class Terminal(PlatformError):
    """Trying again will not help; a person has to act."""


class TokenDead(Terminal):
    """The credential is expired, revoked or of the wrong kind."""


class NotPermitted(Terminal):
    """The credential lives but lacks a permission."""


class Unavailable(Terminal):
    """The account or object cannot be seen; ``gone`` says how far the platform said why."""

    def __init__(self, what: str, gone: Gone, todo: str = "") -> None:
        self.gone = gone
        super().__init__(what, todo)


class EvidenceError(HallpassError):
    """Evidence cannot be written or trusted."""


class LandingFailed(EvidenceError):
    """A batch could not be made durable (a full disk, say); no cursor moved, nothing half-written stays."""


class EvidenceDamaged(EvidenceError):
    """Bytes at rest differ from what was landed."""


class Busy(HallpassError):
    """Another hallpass process holds the warehouse or the registry."""


class Interrupted(HallpassError):
    """A person or the system ended the work before its end; what was acknowledged stands."""

    exit_code = 130


class Conflict(HallpassError):
    """Somebody else changed the same thing since it was read; nothing of this change was kept."""

    exit_code = 4


class PipelineFailed(HallpassError):
    """A task of an Airflow run failed; the message names the task and its cause."""
