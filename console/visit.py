"""One request: who asks, what was typed, and what the answer must carry back."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from console.access import READING, Rule, decide
from console.context import Console
from console.texts import _
from records.errors import BadInput
from registry.access_log import DENIED, Access
from registry.sessions import FULL, SignedIn
from registry.users import User

SESSION, BROWSER, KEPT, NOTICE, KNOWN = "session", "browser", "kept", "notice", "known"
"""The cookies: who is signed in; which browser it is before that; a form that was kept; a word on what was done; who
has signed in from this browser before."""

LONGEST_TEXT = 20_000


@dataclass
class Visit:
    """What a route is given. ``form`` is empty unless something was sent; ``acts``: who asks may change things here."""

    console: Console
    request: Request
    session: SignedIn | None = None
    form: FormData = field(default_factory=FormData)
    cookies: dict[str, str | None] = field(default_factory=dict)
    acts: bool = False

    @property
    def user(self) -> User | None:
        """Who is signed in, second factor included."""
        return self.session.user if self.session and self.session.stage == FULL else None

    @property
    def me(self) -> User:
        """Who is signed in, on a page where somebody is."""
        assert self.user is not None
        return self.user

    @property
    def now(self) -> datetime:
        """The district's moment."""
        return self.console.now()

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.request.client.host if self.request.client else ""

    @property
    def path(self) -> str:
        """The address of this page with its query, without the host."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    def may(self, rule: Rule, method: str = "GET") -> bool:
        """Whether who asks may use a route with this rule."""
        return decide(rule, self.user.roles if self.user else None, method).allowed

    # cookies

    def cookie(self, name: str) -> str:
        """A cookie of ours as the browser sent it, or as this answer sets it; empty where there is none."""
        if name in self.cookies:
            return self.cookies[name] or ""
        return self.request.cookies.get(cookie_name(name, self.console.secure), "")

    def set_cookie(self, name: str, value: str | None) -> None:
        """Let the answer set a cookie, or (None) take it back."""
        self.cookies[name] = value

    @property
    def browser(self) -> str:
        """What tells this browser from others while nobody is signed in."""
        if not self.cookie(BROWSER):
            self.set_cookie(BROWSER, secrets.token_urlsafe(32))
        return self.cookie(BROWSER)

    def begin(self, token: str) -> None:
        """Let the browser have the session of ``token``; the one that it had ends."""
        sessions = self.console.registry.sessions
        if before := self.cookie(SESSION):
            sessions.end(before)
        self.set_cookie(SESSION, token)
        self.session = sessions.of(token, self.console.clock())
        if self.user:
            self.set_cookie(KNOWN, self.console.vault.seal(self.user.login, KNOWN))

    def known_as(self, login: str) -> bool:
        """Whether this user was the last to sign in from this browser."""
        try:
            return self.console.vault.unseal(self.cookie(KNOWN), KNOWN) == login.strip().lower()
        except BadInput:
            return False

    # forms

    @property
    def csrf(self) -> str:
        """What proves that a form is ours: bound to the session, or to the browser before there is one."""
        return form_token(self.cookie(SESSION) or self.browser)

    def text(self, name: str, default: str = "") -> str:
        """A field as typed, without the space around it; BadInput where it is longer than any page needs."""
        value = self.form.get(name, default)
        if not isinstance(value, str):
            return default
        if len(value) > LONGEST_TEXT:
            what = _("'%(name)s' has more than %(most)s characters", name=name, most=LONGEST_TEXT)
            raise BadInput(what, _("Shorten it"))
        return value.replace("\x00", "").replace("\r\n", "\n").strip()

    def texts(self, name: str) -> list[str]:
        """All values of a field that may be given several times."""
        return [value.strip() for value in self.form.getlist(name) if isinstance(value, str)]

    def number(self, name: str) -> int:
        """A whole number; BadInput for anything else."""
        try:
            return int(self.text(name))
        except ValueError:
            todo = _("Open the page again and send its form")
            raise BadInput(_("'%(name)s' is not a number", name=name), todo) from None

    def file(self, name: str) -> UploadFile | None:
        """A file that was sent, None where none was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    @property
    def query(self) -> Mapping[str, str]:
        """What stands after the question mark."""
        return self.request.query_params

    def denied(self, reason: str) -> None:
        """Note in the access log that this was denied."""
        who = self.user
        entry = Access(
            at=self.console.clock(),
            kind=DENIED,
            login=who.login if who else "",
            user_id=who.user_id if who else None,
            address=self.address,
            allowed=False,
            what=f"{self.request.method} {self.request.url.path}",
            reason=reason,
        )
        self.console.registry.sessions.note_denied(entry)

    @property
    def changes(self) -> bool:
        """Whether the request asks for a change."""
        return self.request.method not in READING


def visit_of(request: Request) -> Visit:
    """The one visit of a request."""
    if not hasattr(request.state, "visit"):
        request.state.visit = Visit(request.app.state.console, request)
    found: Visit = request.state.visit
    return found


def form_token(secret: str) -> str:
    """The form token of a session or a browser."""
    return hmac.new(secret.encode(), b"hallpass form", hashlib.sha256).hexdigest()


def cookie_name(name: str, secure: bool) -> str:
    """With https the browser itself holds a cookie to this host and to https (RFC 6265bis, __Host-)."""
    return f"{'__Host-' if secure else ''}hallpass_{name}"


def local_path(text: str, default: str = "/") -> str:
    """``text`` if it is the address of a page of ours, else ``default``: nobody is sent elsewhere."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return default
    ours = text.startswith("/") and not text.startswith("//") and not parts.netloc and not parts.scheme
    return text if ours and "\\" not in text and text.isprintable() and len(text) < 2000 else default


def without_secrets(form: FormData) -> dict[str, Any]:
    """The fields of a form that may be kept: what was typed, but no password, code or token; files by their names."""
    kept = [
        (n, v) for n, v in form.multi_items() if isinstance(v, str) and not n.startswith(("csrf", "password", "code"))
    ]
    files = [n for n, v in form.multi_items() if isinstance(v, UploadFile) and v.filename]
    return {"fields": kept, "files": files}
