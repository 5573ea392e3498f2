"""The way in: each route's rule is asked, and a form must be ours, before anything of the route runs."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from console.access import Rule, decide
from console.problems import Denied, SignInNeeded, StaleForm
from console.visit import KEPT, SESSION, Visit, form_token, visit_of, without_secrets
from registry.users import Role

FORM_LIMIT = 1 << 20
"""Bytes of a form, unless its route takes a file."""

FIELDS, FILES = 5_000, 5

Here = Annotated[Visit, Depends(visit_of)]
"""What a route takes as its first parameter."""


class Gate:
    """Lets a request through to one route, by ``rule``; ``upload`` is the most bytes that it may send."""

    def __init__(self, rule: Rule, upload: int = FORM_LIMIT) -> None:
        self.rule = rule
        self.upload = upload

    async def __call__(self, request: Request) -> AsyncIterator[None]:
        """Open the session, read the form, and ask the rule; close the form's files after the answer.

        Raises
        ------
        SignInNeeded, Denied, StaleForm : it does not go through; what was typed is kept where it can be.
        """
        visit = visit_of(request)
        await run_in_threadpool(open_session, visit)
        try:
            if visit.changes:
                visit.form = await _read_form(request, await run_in_threadpool(self._limit, visit))
            await run_in_threadpool(self._decide, visit)
            yield
        finally:
            await visit.form.close()

    def _limit(self, visit: Visit) -> int:
        """The most bytes that are taken: files only of those who have signed in, however long ago."""
        if self.upload <= FORM_LIMIT or visit.user or visit.console.registry.sessions.whose(visit.cookie(SESSION)):
            return self.upload
        return FORM_LIMIT

    def _decide(self, visit: Visit) -> None:
        visit.acts = visit.may(self.rule, "POST")
        verdict = decide(self.rule, visit.user.roles if visit.user else None, visit.request.method)
        if not verdict.allowed and visit.user is None:
            raise SignInNeeded(lost=visit.changes and not _keep(visit))
        if not verdict.allowed:
            visit.denied(verdict.reason)
            raise Denied(verdict.reason, Role.AUDITOR in visit.me.roles)
        if visit.changes and not hmac.compare_digest(visit.text("csrf").encode(), visit.csrf.encode()):
            ours = _from_here(visit)
            if visit.user:  # anybody could fill the log otherwise
                visit.denied("the form is out of date" if ours else "the form comes from elsewhere")
            raise StaleForm(ours)


class Room(APIRouter):
    """A part of the console: its title, the pages that its menu names, and its routes, each with a rule."""

    def __init__(self, title: str = "", tabs: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(include_in_schema=False)
        self.title = title
        self.tabs = tabs

    def page(self, path: str, rule: Rule) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A page: it changes nothing."""
        return self.get(path, dependencies=[Depends(Gate(rule))], response_model=None)

    def action(
        self, path: str, rule: Rule, upload: int = FORM_LIMIT
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """What a form does; ``upload`` is the most bytes that it may bring."""
        return self.post(path, dependencies=[Depends(Gate(rule, upload))], response_model=None)


def open_session(visit: Visit) -> None:
    """Find out who asks."""
    token = visit.cookie(SESSION)
    if not token:
        return
    visit.session = visit.console.registry.sessions.of(token, visit.console.clock(), renew=not visit.changes)
    if visit.session and visit.session.token:
        visit.set_cookie(SESSION, visit.session.token)


async def _read_form(request: Request, limit: int) -> Any:
    """The form, bounded in bytes as it comes in, whatever its headers say."""
    receive, seen = request.receive, 0

    async def counted() -> Any:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413)
        return message

    request._receive = counted
    return await request.form(max_files=FILES, max_fields=FIELDS, max_part_size=limit)


def _keep(visit: Visit) -> bool:
    """Keep a form whose session ended meanwhile, if it is that session's: whether it is kept."""
    token = visit.cookie(SESSION)
    if not token or not hmac.compare_digest(visit.text("csrf").encode(), form_token(token).encode()):
        return False
    sessions = visit.console.registry.sessions
    user = sessions.whose(token)
    if user is None:
        return False
    kept = json.dumps(without_secrets(visit.form))
    visit.set_cookie(KEPT, sessions.keep_form(user, visit.path, kept, visit.console.clock()))
    return True


def _from_here(visit: Visit) -> bool:
    """Whether the browser says that the form was on a page of ours."""
    origin, site = visit.request.headers.get("origin", ""), visit.request.headers.get("sec-fetch-site", "")
    return site in ("", "same-origin") and urlsplit(origin).netloc == visit.request.url.netloc
