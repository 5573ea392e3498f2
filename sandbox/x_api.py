"""X API v2, read only, as its OpenAPI describes it: https://docs.x.com/x-api/.

Errors in the middle of an answer (``errors[]`` beside ``data``) come with status 200, as on X: also a single look-up
of something deleted answers 200 with ``errors`` and no ``data``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.limits import Rate, Standing
from sandbox.state import Sandbox
from sandbox.world import Actor
from sandbox.x_answer import Answer, Body
from sandbox.x_dialect import POST_EXPANSIONS, USER_EXPANSIONS, dialect
from sandbox.x_index import Index, Tweet, timestamp
from sandbox.x_query import QueryError, compile_query
from sandbox.x_request import Query, Range, Refusal, plain_problem, write_token

_FIELDS = frozenset({"expansions", "tweet.fields", "user.fields", "media.fields", "poll.fields", "place.fields"})
_USER_FIELDS = frozenset({"expansions", "tweet.fields", "user.fields"})
_SPAN = frozenset({"start_time", "end_time", "since_id", "until_id", "max_results", "pagination_token"})
_SEARCH = _FIELDS | _SPAN | {"query", "next_token", "sort_order"}
_LISTED = _USER_FIELDS | {"max_results", "pagination_token"}

_NEWEST = 3200
_NEWEST_MENTIONS = 800
_RECENT = timedelta(days=7)
_ARCHIVE_BY_DEFAULT = timedelta(days=30)
_SETTLED = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _Call:
    """One request that was let in: its query, and the one parameter that may stand in its path."""

    query: Query
    index: Index
    subject: str
    route: str

    def answer(self, expansions: frozenset[str]) -> Answer:
        return Answer(self.index, self.query.dialect, self.query.wanted(expansions))


_Handler = Callable[[_Call], Body]


class XApi:
    """The endpoints, over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._dialect = dialect(sandbox.dialect)
        self._index: Index | None = None

    def routes(self) -> list[BaseRoute]:
        """Every path that the sandbox knows of X; all others answer 404, or 403 where a user must be signed in."""
        archive = (Rate(300), Rate(self._sandbox.search_all_per_second, seconds=1))
        timeline = _FIELDS | _SPAN
        return [
            self._route("/2/users", users_by_ids, _USER_FIELDS | {"ids"}, Rate(300)),
            self._route("/2/users/by", users_by_names, _USER_FIELDS | {"usernames"}, Rate(300)),
            self._route("/2/users/by/username/{username}", user_by_name, _USER_FIELDS, Rate(300)),
            self._route("/2/users/{id}", user_by_id, _USER_FIELDS, Rate(300)),
            self._route("/2/users/{id}/tweets", users_posts, timeline | {"exclude"}, Rate(10_000)),
            self._route("/2/users/{id}/mentions", users_mentions, timeline, Rate(450)),
            self._route("/2/users/{id}/followers", followers, _LISTED, Rate(300)),
            self._route("/2/users/{id}/following", following, _LISTED, Rate(300)),
            self._route("/2/tweets", posts_by_ids, _FIELDS | {"ids"}, Rate(3500)),
            self._route("/2/tweets/search/recent", search_recent, _SEARCH, Rate(450)),
            self._route("/2/tweets/search/all", search_all, _SEARCH, *archive),
            self._route("/2/tweets/{id}", post_by_id, _FIELDS, Rate(450)),
            Route("/{path:path}", _unknown_path, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ]

    def _route(self, path: str, handler: _Handler, allowed: frozenset[str], *rates: Rate) -> Route:
        async def answer(request: Request) -> Response:
            if self._sandbox.holder(bearer(request)) != "hallpass_x":
                return _json(401, plain_problem(401, "Unauthorized"))
            standing = self._sandbox.limits.take("hallpass_x", path, *rates)
            if not standing.allowed:
                return _json(429, plain_problem(429, "Too Many Requests"), standing)
            try:
                body = handler(self._call(request, allowed))
            except Refusal as refusal:
                return _json(refusal.status, refusal.body, standing)
            request.state.records = _count(body)
            return _json(200, body, standing)

        return Route(path, answer)

    def _call(self, request: Request, allowed: frozenset[str]) -> _Call:
        if self._index is None or self._index.moment is not self._sandbox.moment:
            self._index = Index(self._sandbox.moment)
        query = Query(request.query_params, allowed, self._dialect)
        subject = next((query.named(name, value) for name, value in request.path_params.items()), "")
        return _Call(query, self._index, subject, request.url.path)


def users_by_ids(call: _Call) -> Body:
    """``GET /2/users?ids=``."""
    return _users(call, "ids", call.query.listed("ids"))


def users_by_names(call: _Call) -> Body:
    """``GET /2/users/by?usernames=``."""
    return _users(call, "usernames", call.query.listed("usernames"))


def user_by_id(call: _Call) -> Body:
    """``GET /2/users/:id``."""
    return _one(_users(call, "id", [call.subject]))


def user_by_name(call: _Call) -> Body:
    """``GET /2/users/by/username/:username``."""
    return _one(_users(call, "username", [call.subject]))


def posts_by_ids(call: _Call) -> Body:
    """``GET /2/tweets?ids=``: any version by its own id."""
    return _posts(call, "ids", call.query.listed("ids"))


def post_by_id(call: _Call) -> Body:
    """``GET /2/tweets/:id``."""
    return _one(_posts(call, "id", [call.subject]))


def users_posts(call: _Call) -> Body:
    """``GET /2/users/:id/tweets``: the newest 3,200."""
    excluded = call.query.excluded()
    posts = [tweet for tweet in call.index.by_author.get(call.subject, []) if tweet.kind not in excluded]
    return _timeline(call, posts[:_NEWEST])


def users_mentions(call: _Call) -> Body:
    """``GET /2/users/:id/mentions``: the newest 800."""
    return _timeline(call, call.index.by_mention.get(call.subject, [])[:_NEWEST_MENTIONS])


def followers(call: _Call) -> Body:
    """``GET /2/users/:id/followers``: latest first."""
    return _related(call, call.index.moment.followers("x", call.subject))


def following(call: _Call) -> Body:
    """``GET /2/users/:id/following``: latest first."""
    return _related(call, call.index.moment.following("x", call.subject))


def search_recent(call: _Call) -> Body:
    """``GET /2/tweets/search/recent``: the last seven days on the sandbox's clock."""
    earliest = call.index.moment.now - _RECENT
    start = call.query.time("start_time")
    if start is not None and start < earliest:
        shown = timestamp(start)
        message = f"Invalid 'start_time':'{shown}'. 'start_time' must be on or after {timestamp(earliest)}"
        raise call.query.refusal("start_time", shown, message)
    return _search(call, earliest, longest=512, sizes=Range(10, 100, 10))


def search_all(call: _Call) -> Body:
    """``GET /2/tweets/search/all``: the last 30 days unless ``start_time`` asks for more."""
    earliest = call.index.moment.now - _ARCHIVE_BY_DEFAULT
    return _search(call, call.query.time("start_time") or earliest, longest=1024, sizes=Range(10, 500, 10))


def _users(call: _Call, parameter: str, keys: list[str]) -> Body:
    answer = call.answer(USER_EXPANSIONS)
    by_name = parameter.startswith("username")
    found = []
    for key in keys:
        actor = call.index.moment.actor("x", key)
        named = actor and (actor.handle.lower() == key.lower() if by_name else actor.platform_id == key)
        if actor and named and not call.index.suspended(actor.platform_id):
            found.append(actor)
        else:
            answer.user_is_gone(parameter, key)
    return answer.body(answer.users(found))


def _posts(call: _Call, parameter: str, post_ids: list[str]) -> Body:
    answer = call.answer(POST_EXPANSIONS)
    found = []
    for post_id in post_ids:
        tweet = call.index.versions.get(post_id)
        if tweet and not call.index.suspended(tweet.author_id):
            found.append(tweet)
        else:
            answer.post_is_gone(parameter, post_id)
    return answer.body(answer.posts(found))


def _one(body: Body) -> Body:
    return body | ({"data": body["data"][0]} if "data" in body else {})


def _timeline(call: _Call, posts: list[Tweet]) -> Body:
    size = call.query.size(Range(5, 100, 10))
    found = _between(call, posts, call.query.time("start_time"))
    answer = call.answer(POST_EXPANSIONS)
    if call.index.moment.actor("x", call.subject) is None or call.index.suspended(call.subject):
        answer.user_is_gone("id", call.subject)
        return answer.body(None)
    return _page_of_posts(call, answer, found, size, call.route)


def _related(call: _Call, actors: list[Actor]) -> Body:
    size = call.query.size(Range(1, 1000, 100))
    position = call.query.position(call.route)
    answer = call.answer(USER_EXPANSIONS)
    if call.index.moment.actor("x", call.subject) is None or call.index.suspended(call.subject):
        answer.user_is_gone("id", call.subject)
        return answer.body(None)
    shown = [actor for actor in actors if not call.index.suspended(actor.platform_id)]
    page = shown[position : position + size]
    meta = {"result_count": len(page)} | _tokens(call.route, position, size, len(shown))
    return answer.body(answer.users(page), meta)


def _search(call: _Call, earliest: datetime, longest: int, sizes: Range) -> Body:
    text = call.query.text("query", longest)
    end = call.query.time("end_time")
    if end is not None and end > call.index.moment.now - _SETTLED:
        shown = timestamp(end)
        message = f"Invalid 'end_time':'{shown}'. 'end_time' must be a minimum of 10 seconds prior to the request time."
        raise call.query.refusal("end_time", shown, message)
    try:
        matches = compile_query(text)
    except QueryError as error:
        raise call.query.refusal("query", text, str(error)) from None
    size = call.query.size(sizes)
    answer = call.answer(POST_EXPANSIONS)
    found = [tweet for tweet in _between(call, call.index.visible, earliest) if matches(tweet)]
    body = _page_of_posts(call, answer, found, size, f"{call.route}?{text}")
    body["meta"].pop("previous_token", None)
    return body


def _between(call: _Call, posts: Iterable[Tweet], start: datetime | None) -> list[Tweet]:
    end, since, until = call.query.time("end_time"), call.query.id("since_id"), call.query.id("until_id")
    return [
        tweet
        for tweet in posts
        if (start is None or tweet.created_at >= start)
        and (end is None or tweet.created_at < end)
        and (since is None or int(tweet.post_id) > since)
        and (until is None or int(tweet.post_id) < until)
    ]


def _page_of_posts(call: _Call, answer: Answer, posts: list[Tweet], size: int, route: str) -> Body:
    position = call.query.position(route)
    page = posts[position : position + size]
    meta: Body = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0].post_id, "oldest_id": page[-1].post_id}
    return answer.body(answer.posts(page), meta | _tokens(route, position, size, len(posts)))


def _tokens(route: str, position: int, size: int, total: int) -> dict[str, str]:
    tokens = {}
    if position + size < total:
        tokens["next_token"] = write_token(route, position + size)
    if position > 0:
        tokens["previous_token"] = write_token(route, max(0, position - size))
    return tokens


def _count(body: Mapping[str, Any]) -> int:
    data = body.get("data", [])
    return len(data) if isinstance(data, list) else 1


def bearer(request: Request) -> str:
    """The bearer token of a request; empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


def _json(status: int, body: Mapping[str, Any], standing: Standing | None = None) -> Response:
    headers = {} if standing is None else rate_headers(standing)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    kind = "application/json" if status == 200 else "application/problem+json"
    return Response(text, status, headers, media_type=f"{kind}; charset=utf-8")


def rate_headers(standing: Standing) -> dict[str, str]:
    """Where the client stands in its window, as X says it."""
    return {
        "x-rate-limit-limit": str(standing.limit),
        "x-rate-limit-remaining": str(standing.remaining),
        "x-rate-limit-reset": str(standing.reset),
    }


async def user_context_only(_: Request) -> Response:
    """The refusal of what only somebody who signed in may ask."""
    detail = (
        "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. Supported authentication types "
        "are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
    )
    kind = dialect("tweet").problem("unsupported-authentication")
    return _json(403, plain_problem(403, "Unsupported Authentication", detail) | {"type": kind})


async def _unknown_path(request: Request) -> Response:
    if request.method != "GET":
        return await user_context_only(request)
    return _json(404, plain_problem(404, "Not Found"))
