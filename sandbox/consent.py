"""Who allowed which app what: codes that wait to be redeemed, and the tokens that came of them (RFC 6749, 4.1).

They end by the real clock, as rate windows do, because clients wait in real time.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CODE_SECONDS, TOKEN_SECONDS = 30, 2 * 60 * 60
"""X's; Facebook gives its codes ten minutes."""

_LOOPBACK = ("127.0.0.1", "localhost")


class BadCode(Exception):
    """A code cannot be redeemed; the text is ``unknown``, ``used`` or ``expired``."""


@dataclass(frozen=True, slots=True)
class App:
    """A client as the platform knows it; it is sent back to any port of loopback (RFC 8252, 7.3), on one path."""

    client_id: str
    client_secret: str
    path: str

    def registered(self, redirect_uri: str) -> bool:
        """Whether people may be sent back there."""
        parts = urlsplit(redirect_uri)
        return parts.scheme == "http" and parts.hostname in _LOOPBACK and (parts.path, parts.query) == (self.path, "")


@dataclass(frozen=True, slots=True)
class Consent:
    """What ``subject`` allowed; ``challenge`` is PKCE's (S256), empty where the platform asks for none."""

    subject: str
    redirect_uri: str
    scope: frozenset[str]
    challenge: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    consent: Consent
    code: str
    ends: float


@dataclass(slots=True)
class Consents:
    """All consents of one platform, for its one app."""

    now: Callable[[], float]
    code_seconds: float = CODE_SECONDS
    _codes: dict[str, _Held] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _tokens: dict[str, _Held] = field(default_factory=dict)

    def code(self, consent: Consent) -> str:
        """A code for what somebody has just allowed."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Held(consent, code, self.now() + self.code_seconds)
        return code

    def redeem(self, code: str) -> Consent:
        """What a code stands for, once; a second try also ends the tokens that the first one brought.

        Raises
        ------
        BadCode : it is unknown, used or expired.
        """
        if code in self._used:
            self._tokens = {token: held for token, held in self._tokens.items() if held.code != code}
            raise BadCode("used")
        held = self._codes.pop(code, None)
        if held is None:
            raise BadCode("unknown")
        self._used.add(code)
        if self.now() >= held.ends:
            raise BadCode("expired")
        return held.consent

    def token(self, code: str, consent: Consent) -> str:
        """An access token for a redeemed code."""
        token = secrets.token_urlsafe(48)
        self._tokens[token] = _Held(consent, code, self.now() + TOKEN_SECONDS)
        return token

    def of(self, token: str) -> Consent | None:
        """What a token stands for while it lives."""
        held = self._tokens.get(token)
        return held.consent if held and self.now() < held.ends else None

    def living(self) -> int:
        """How many tokens could still be used."""
        return sum(self.now() < held.ends for held in self._tokens.values())

    def revoke(self, token: str) -> None:
        """End a token; nothing happens where there is none."""
        self._tokens.pop(token, None)
