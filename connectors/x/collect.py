"""Reading X with tweepy: one method for each check.

tweepy is asked for plain dicts, because its models break on the dialect of 2026, and never waits by itself:
with ``wait_on_rate_limit`` a 429 without ``x-rate-limit-reset`` recurses without pause.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import tweepy

from connectors.base import Checked, Keep, Scope
from connectors.budget import Budget
from connectors.calls import Ask, Body, Conversation, Pages, Rules, items
from connectors.retry import Sleep
from connectors.transport import X_HOSTS, Credential, Exchange, Transport
from connectors.values import identifier, json_object, mapping, objects, text
from connectors.x.parse import REPLIES
from connectors.x.problems import judge, unavailable, window
from records.errors import UnexpectedAnswer
from records.minimise import minimised_key
from records.model import Account, Check, Completeness, Envelope, Platform

USER_FIELDS = ["created_at", "description", "entities", "id", "location", "name", "protected", "public_metrics"]
USER_FIELDS += ["url", "username", "verified"]
"""The same wherever a user appears, so that no answer shows a poorer profile than another."""

_POST_FIELDS = ["attachments", "author_id", "conversation_id", "created_at", "edit_controls", "edit_history_tweet_ids"]
_POST_FIELDS += ["entities", "in_reply_to_user_id", "note_tweet", "public_metrics", "referenced_tweets"]
_EXPANSIONS = ["attachments.media_keys", "author_id", "edit_history_tweet_ids", "referenced_tweets.id"]
_EXPANSIONS += ["referenced_tweets.id.attachments.media_keys", "referenced_tweets.id.author_id"]
_MEDIA_FIELDS = ["alt_text", "height", "media_key", "preview_image_url", "type", "url", "variants", "width"]
POST_PARAMETERS: Mapping[str, Any] = {
    "tweet_fields": _POST_FIELDS,
    "expansions": _EXPANSIONS,
    "media_fields": _MEDIA_FIELDS,
    "user_fields": USER_FIELDS,
}

NEWEST = 3200
"""How many posts of one account the timeline shows."""

LOOK_UP = 100
QUERY_LIMIT = 512
RECENT = timedelta(days=7) - timedelta(seconds=30)
"""How far back recent search reaches, less the time that a request may take to arrive."""

_FIRST_SNOWFLAKE = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)

_CAN_SEE = (Check.PROFILE, Check.POSTS, Check.COMMENTS, Check.FOLLOWERS, Check.FOLLOWING, Check.RECHECK)


class XConnector:
    """X through the API v2, with an app's bearer token. See :class:`connectors.base.Connector`.

    With ``minimise_key``, pages of inbound followers are rewritten before they are kept: each user
    becomes the keyed HMACs of id and handle.
    """

    platform = Platform.X

    def __init__(
        self,
        secret: str,
        transport: Transport,
        budget: Budget,
        minimise_key: bytes | None = None,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._budget = budget
        self._minimise_key = minimise_key
        self._sleep = sleep
        self._inbox: list[Exchange] = []
        self._client = tweepy.Client("put on by the transport", return_type=dict, wait_on_rate_limit=False)
        self._client.session = transport.session(X_HOSTS, Credential(secret, X_HOSTS), self._inbox.append)

    def capabilities(self) -> Mapping[Check, Completeness]:
        """Everything, at a price; pictures are fetched by :func:`connectors.fetch_media`."""
        return dict.fromkeys(_CAN_SEE, Completeness.FULL)

    def check(self, check: Check, account: Account, scope: Scope, keep: Keep) -> Checked:
        """See :meth:`connectors.base.Connector.check`."""
        checks: Mapping[Check, Callable[[Conversation, Scope], Checked]] = {
            Check.PROFILE: self._profile,
            Check.POSTS: self._posts,
            Check.COMMENTS: self._comments,
            Check.FOLLOWERS: self._followers,
            Check.FOLLOWING: self._following,
            Check.RECHECK: self._recheck,
        }
        talk = Conversation(account, keep, self._inbox, self._budget, Rules(judge, window), self._sleep)
        return checks[check](talk, scope)

    def _profile(self, talk: Conversation, scope: Scope) -> Checked:
        account = talk.account
        who = {"id": account.platform_id} if account.platform_id else {"username": account.handle}
        _about_account(talk, "x.users", lambda _: self._client.get_user(**who, user_fields=USER_FIELDS))
        return Checked(Completeness.FULL, 1, scope.now, scope.now)

    def _posts(self, talk: Conversation, scope: Scope) -> Checked:
        def page(token: str | None) -> Body:
            def call(size: int) -> object:
                return self._client.get_users_tweets(
                    talk.account.platform_id,
                    max_results=size,
                    pagination_token=token,
                    start_time=scope.since,
                    **POST_PARAMETERS,
                )

            return _about_account(talk, "x.users_tweets", call, want=100, least=5)

        pages = Pages(page, _next_token)
        seen = sum(items(body) for body in pages)
        whole = pages.complete and seen < NEWEST
        return Checked(Completeness.FULL if whole else Completeness.PARTIAL, seen, scope.since, scope.now)

    def _comments(self, talk: Conversation, scope: Scope) -> Checked:
        roots = _ids(scope.known, "post")
        seen, complete = 0, True
        for group in _queries(roots):
            pages = self._search(talk, group, scope)
            seen += sum(items(body) for body in pages)
            complete = complete and pages.complete
        return Checked(Completeness.FULL if complete else Completeness.PARTIAL, seen, scope.since, scope.now)

    def _search(self, talk: Conversation, roots: Sequence[str], scope: Scope) -> Pages:
        """Recent search where it reaches back far enough, full-archive search where it does not."""
        query = " OR ".join(f"conversation_id:{root}" for root in roots)
        first = min(map(posted_at, roots))
        begin = max(scope.since, first) if scope.since else first
        everything = begin < scope.now - RECENT
        search = self._client.search_all_tweets if everything else self._client.search_recent_tweets

        def page(token: str | None) -> Body:
            return talk.ask(
                Ask(
                    "x.search",
                    lambda size: search(query, max_results=size, next_token=token, start_time=begin, **POST_PARAMETERS),
                    want=100,
                    least=10,
                    endpoint="x.search_all" if everything else "x.search_recent",
                    subject=_subject(talk.account),
                )
            )

        return Pages(page, _next_token)

    def _followers(self, talk: Conversation, scope: Scope) -> Checked:
        rewrite = self._minimised if self._minimise_key else None
        return self._listed(talk, scope, "x.followers", self._client.get_users_followers, rewrite)

    def _following(self, talk: Conversation, scope: Scope) -> Checked:
        return self._listed(talk, scope, "x.following", self._client.get_users_following, None)

    def _listed(
        self,
        talk: Conversation,
        scope: Scope,
        kind: str,
        call: Callable[..., object],
        rewrite: Callable[[Envelope], Envelope] | None,
    ) -> Checked:
        def page(token: str | None) -> Body:
            def one(size: int) -> object:
                user_id = talk.account.platform_id
                return call(user_id, max_results=size, pagination_token=token, user_fields=USER_FIELDS)

            return _about_account(talk, kind, one, want=1000, rewrite=rewrite)

        pages = Pages(page, _next_token)
        seen = sum(items(body) for body in pages)
        return Checked(Completeness.FULL if pages.complete else Completeness.PARTIAL, seen, scope.now, scope.now)

    def _recheck(self, talk: Conversation, scope: Scope) -> Checked:
        """Look up what is known; what is missing is asked a second time, for a deletion takes two confirmations."""
        seen, unanswered = 0, False
        for kind, ids in (("x.tweets", _ids(scope.known, "post")), (REPLIES, _ids(scope.known, "comment"))):
            for start in range(0, len(ids), LOOK_UP):
                asked = ids[start : start + LOOK_UP]
                body = self._look_up(talk, kind, asked)
                missing, silent = _missing(body, asked)
                again = self._look_up(talk, kind, missing) if missing else {}
                seen += items(body) + items(again)
                unanswered = unanswered or bool(silent)
        return Checked(Completeness.PARTIAL if unanswered else Completeness.FULL, seen, scope.now, scope.now)

    def _look_up(self, talk: Conversation, kind: str, ids: list[str]) -> Body:
        return talk.ask(
            Ask(
                kind,
                lambda _: self._client.get_tweets(ids, **POST_PARAMETERS),
                want=len(ids),
                least=len(ids),
                endpoint="x.tweets",
                subject=_subject(talk.account),
            )
        )

    def _minimised(self, envelope: Envelope) -> Envelope:
        """A page of followers without names: ids and handles as keyed HMACs, and how the listing goes on."""
        if envelope.status >= 300:
            return envelope
        try:
            body = json_object(envelope.body, "a page of followers")
        except UnexpectedAnswer:
            return replace(envelope, body=b"", minimised=True)
        slim = {"data": list(self._hidden(body)), "meta": mapping(body.get("meta"))}
        return replace(envelope, body=json.dumps(slim, ensure_ascii=True).encode(), minimised=True)

    def _hidden(self, body: Body) -> Iterator[dict[str, str]]:
        key = self._minimise_key or b""
        for user in objects(body.get("data")):
            user_id, handle = identifier(user.get("id")), text(user.get("username"))
            if user_id and handle:
                yield {
                    "id_hmac": minimised_key(key, Platform.X, "id", user_id),
                    "handle_hmac": minimised_key(key, Platform.X, "handle", handle),
                }


def posted_at(post_id: str) -> datetime:
    """When a post was made: its id counts milliseconds since X's own epoch, above 22 bits."""
    return _FIRST_SNOWFLAKE + timedelta(milliseconds=int(post_id) >> 22)


def _about_account(
    talk: Conversation,
    kind: str,
    call: Callable[[int], object],
    want: int = 1,
    least: int = 1,
    rewrite: Callable[[Envelope], Envelope] | None = None,
) -> Body:
    """The answer about the account itself.

    Raises
    ------
    Unavailable : where X names a problem in place of data: suspended, protected, gone.
    """
    body = talk.ask(Ask(kind, call, want, least, subject=_subject(talk.account)), rewrite)
    if error := unavailable(body, f"@{talk.account.handle}"):
        raise error
    return body


def _subject(account: Account) -> str:
    return f"x:profile:{account.platform_id}"


def _next_token(body: Body) -> str | None:
    return text(mapping(body.get("meta")).get("next_token")) or None


def _ids(known: Sequence[str], what: str) -> list[str]:
    """X's ids of the records of that type; what is no snowflake would make X refuse the whole question."""
    found = (re.fullmatch(rf"x:{what}:(\d{{1,19}})", record_id, re.ASCII) for record_id in known)
    return list(dict.fromkeys(match.group(1) for match in found if match))


def _queries(roots: Sequence[str]) -> Iterator[list[str]]:
    """``roots`` in groups whose OR-ed query X accepts."""
    group: list[str] = []
    size = 0
    for root in roots:
        length = len(f"conversation_id:{root}")
        if group and size + len(" OR ") + length > QUERY_LIMIT:
            yield group
            group, size = [], 0
        size += length + (len(" OR ") if group else 0)
        group.append(root)
    if group:
        yield group


def _missing(body: Body, asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """Which of ``asked`` X says it cannot show, and which it says nothing about."""
    shown = {identifier(item.get("id")) for item in objects(body.get("data"))}
    named = {identifier(problem.get("resource_id")) for problem in objects(body.get("errors"))}
    absent = [post_id for post_id in asked if post_id not in shown]
    return [post_id for post_id in absent if post_id in named], [p for p in absent if p not in named]
