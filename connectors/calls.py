"""One check's conversation with a platform: reserve, call the client, keep what was exchanged, judge it, retry.

The clients raise many things on a bad answer (KeyError, AttributeError, their own). So their exceptions are
not what decides: the exchange as the transport saw it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import Keep
from connectors.budget import Budget
from connectors.retry import Sleep, retrying
from connectors.transport import Exchange
from records.errors import HallpassError, Transient, UnexpectedAnswer
from records.model import Account, Envelope

Body = dict[str, Any]
MAX_PAGES = 200
"""Pages that one listing may have: 200,000 followers, or more posts than X shows."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. ``call`` is given how many items may be asked for, between ``least`` and ``want``.

    ``kind`` is the envelope's; ``endpoint`` is what is metered, ``kind`` unless said; ``needs`` is a key
    without which the answer is none.
    """

    kind: str
    call: Callable[[int], object]
    want: int = 1
    least: int = 1
    endpoint: str | None = None
    subject: str | None = None
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How one platform's answers are read.

    ``judge`` gives the body of a good answer and raises a PlatformError otherwise; ``window`` gives how
    many calls remain until when, where the answer says so.
    """

    judge: Callable[[Exchange], Body]
    window: Callable[[Exchange], tuple[int, datetime] | None]


class Conversation:
    """The questions of one check about one account, in their order."""

    def __init__(
        self, account: Account, keep: Keep, inbox: list[Exchange], budget: Budget, rules: Rules, sleep: Sleep
    ) -> None:
        self.account = account
        self._keep = keep
        self._inbox = inbox
        self._budget = budget
        self._rules = rules
        self._sleep = sleep

    def ask(self, ask: Ask, rewrite: Callable[[Envelope], Envelope] | None = None) -> Body:
        """The body of the answer; ``rewrite`` changes what is kept of it.

        Raises
        ------
        PlatformError : after three tries where it is Transient.
        """
        return retrying(lambda: self._once(ask, rewrite), self._sleep)

    def _once(self, ask: Ask, rewrite: Callable[[Envelope], Envelope] | None) -> Body:
        endpoint = ask.endpoint or ask.kind
        reservation = self._budget.reserve(self.account.credential, endpoint, ask.want, ask.least)
        used, window = 0, None
        try:
            exchange, complaint = self._exchanged(ask, reservation.units, rewrite)
            window = self._rules.window(exchange)
            body = self._rules.judge(exchange)
            used = items(body)
        finally:
            reservation.settle(used, window)
        if complaint:
            raise _unreadable(ask, f"the client cannot read it, {type(complaint).__name__}")
        if ask.needs and ask.needs not in body:
            raise _unreadable(ask, f"it has no {ask.needs}")
        return body

    def _exchanged(
        self, ask: Ask, units: int, rewrite: Callable[[Envelope], Envelope] | None
    ) -> tuple[Exchange, Exception | None]:
        self._inbox.clear()
        complaint: Exception | None = None
        try:
            ask.call(units)
        except Exception as error:
            complaint = error
        for exchange in self._inbox:
            envelope = self._envelope(ask, exchange)
            self._keep(rewrite(envelope) if rewrite else envelope)
        if isinstance(complaint, HallpassError):
            raise complaint
        if not self._inbox:
            raise Transient(f"No answer to {ask.kind} was seen", "It is asked again by itself") from complaint
        return self._inbox[-1], complaint

    def _envelope(self, ask: Ask, exchange: Exchange) -> Envelope:
        return Envelope(
            kind=ask.kind,
            body=exchange.body,
            fetched_at=exchange.fetched_at,
            account_id=self.account.account_id,
            method=exchange.method,
            url=exchange.url,
            status=exchange.status,
            headers=exchange.headers,
            subject=ask.subject,
        )


def _unreadable(ask: Ask, why: str) -> UnexpectedAnswer:
    todo = "It is asked again; if this lasts, look at the landed answer"
    return UnexpectedAnswer(f"The answer to {ask.kind} is no use ({why})", todo)


def items(body: Body) -> int:
    """How many main items an answer holds."""
    data = body.get("data")
    return len(data) if isinstance(data, list) else int(data is not None)


class Pages:
    """The pages of one listing, each asked for with the position that the one before named.

    Iterating raises UnexpectedAnswer where a position comes back: such a listing would never end.
    ``complete`` is False once the bound on pages has cut it off.
    """

    def __init__(
        self, page: Callable[[Any], Body], following: Callable[[Body], Any], max_pages: int = MAX_PAGES
    ) -> None:
        self._page = page
        self._following = following
        self._max_pages = max_pages
        self.complete = True

    def __iter__(self) -> Iterator[Body]:
        position: Any = None
        been: set[str] = set()
        for _ in range(self._max_pages):
            body = self._page(position)
            yield body
            position = self._following(body)
            if not position:
                return
            name = json.dumps(position, sort_keys=True)
            if name in been:
                raise UnexpectedAnswer("A listing came back to a page that was read before", "It is asked again later")
            been.add(name)
        self.complete = False
