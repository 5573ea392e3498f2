"""The Graph API's reading side for Pages: https://developers.facebook.com/docs/graph-api/."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import graph_errors as errors
from sandbox.graph_errors import GraphError
from sandbox.graph_fields import Field, FieldsError, parse_fields
from sandbox.graph_nodes import Body, Node, Nodes, narrowed, shown
from sandbox.limits import Rate, Standing
from sandbox.state import APP, Sandbox
from sandbox.world import Moment

_VERSION = re.compile(r"v[1-9][0-9]\.0")
_PAGE_SIZE = 25
_LARGEST_PAGE = 100
_PAGE_RATE = Rate(4800, seconds=60 * 60)
_EMPTY_ONE_IN = 6


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose token it is: a Page's own, or the app's (``page_id`` None)."""

    credential: str
    page_id: str | None


class GraphApi:
    """The endpoints, over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[BaseRoute]:
        """Objects, their edges, and ``?ids=``."""
        everything = ["GET", "POST", "PUT", "DELETE"]
        return [
            Route("/{version}/", self._answer, methods=everything),
            Route("/{version}/{id}", self._answer, methods=everything),
            Route("/{version}/{id}/{edge}", self._answer, methods=everything),
            Route("/{path:path}", self._answer, methods=everything),
        ]

    async def _answer(self, request: Request) -> Response:
        headers = {"facebook-api-version": request.path_params.get("version", "")}
        try:
            body = self._body(request, headers)
        except GraphError as error:
            challenge = f'OAuth "Facebook Platform" "invalid_request" "error {error.code}"'
            return _json(error.status, error.body, headers | {"WWW-Authenticate": challenge})
        request.state.records = len(body["data"]) if isinstance(body.get("data"), list) else 1
        return _json(200, body, headers)

    def _body(self, request: Request, headers: dict[str, str]) -> Body:
        if not _VERSION.fullmatch(request.path_params.get("version", "")):
            raise errors.unknown_path(request.url.path)
        if request.method != "GET":
            raise errors.read_only()
        viewer = self._viewer(request)
        standing = self._sandbox.limits.take(viewer.credential, "graph", _PAGE_RATE)
        headers |= usage_headers(viewer, standing)
        if not standing.allowed:
            raise errors.throttled(32 if viewer.page_id else 4)
        return _Reading(self._sandbox.moment, viewer, request).body()

    def _viewer(self, request: Request) -> Viewer:
        """Who asks.

        Raises
        ------
        GraphError : 104 or 190.
        """
        token = token_of(request)
        if not token:
            raise errors.no_token()
        name = self._sandbox.holder(token)
        if name == APP:
            return Viewer(APP, None)
        moment = self._sandbox.moment
        for registration in moment.world.registrations:
            if registration.platform == "facebook" and registration.credential == name:
                if registration.token_died_at and registration.token_died_at <= moment.now:
                    raise errors.expired_token(registration.token_died_at, moment.now)
                return Viewer(registration.credential, registration.platform_id)
        raise errors.unknown_token()


class _Reading:
    """One request that was let in."""

    def __init__(self, moment: Moment, viewer: Viewer, request: Request) -> None:
        self._moment = moment
        self._viewer = viewer
        self._request = request
        self._query = request.query_params
        self._nodes = Nodes(moment, viewer.page_id)
        self._edges: Mapping[str, Callable[[str], Sequence[Node]]] = {
            "posts": self._own_posts,
            "published_posts": self._own_posts,
            "feed": self._feed,
            "tagged": self._tagged,
            "photos": self._photos,
            "likes": self._liked_pages,
            "comments": self._comments,
        }

    def body(self) -> Body:
        object_id = self._request.path_params.get("id")
        wanted = self._fields()
        if object_id is None:
            return {wish: self._object(wish, wanted) for wish in self._ids()}
        edge = self._request.path_params.get("edge")
        return self._object(object_id, wanted) if edge is None else self._edge(object_id, edge, wanted)

    def _fields(self) -> tuple[Field, ...]:
        text = self._query.get("fields", "")
        try:
            return parse_fields(text) if text else ()
        except FieldsError as error:
            raise GraphError(2500, str(error)) from None

    def _ids(self) -> list[str]:
        ids = [wish for wish in self._query.get("ids", "").split(",") if wish]
        if not ids:
            raise errors.bad_parameter("The parameter ids is required")
        if len(ids) > 50:
            raise errors.bad_parameter(f"Too many IDs. Maximum: 50. Provided: {len(ids)}.")
        return ids

    def _object(self, object_id: str, wanted: tuple[Field, ...]) -> Body:
        return self._render(self._node(object_id), wanted)

    def _edge(self, object_id: str, edge: str, wanted: tuple[Field, ...]) -> Body:
        node = self._node(object_id)
        if edge not in node.edges:
            raise errors.unknown_path(f"/{edge}")
        if edge == "attachments":
            return {"data": [narrowed(item, wanted) for item in self._attachments(node)]}
        nodes = self._under(node, edge, self._query)
        page = _Page(self._request, self._query, sum(map(ord, object_id + edge)))
        return page.body(nodes, lambda found: self._render(found, wanted)) | _summary(
            node, edge, len(nodes), self._query
        )

    def _under(self, node: Node, edge: str, options: Mapping[str, str]) -> Sequence[Node]:
        """All objects of an edge, filtered and in the order asked for."""
        listed = self._edges.get(edge) if node.type == "Page" or edge == "comments" else None
        found = listed(node.object_id) if listed else ()
        if edge == "comments":
            if options.get("filter", "toplevel") == "toplevel" and node.type == "Post":
                found = self._nodes.top_level(node.object_id)
            return found[::-1] if options.get("order") == "reverse_chronological" else found
        since, until = _moment_of("since", options), _moment_of("until", options)
        return [
            item
            for item in found
            if (since is None or item.created_at >= since) and (until is None or item.created_at < until)
        ]

    def _render(self, node: Node, wanted: tuple[Field, ...]) -> Body:
        """A node with the wanted fields and edges; an id always comes with it."""
        fields = wanted or tuple(Field(name) for name in node.default)
        body = shown(node, (field for field in fields if field.name not in node.edges))
        for field in fields:
            if field.name in node.edges and (below := self._below(node, field)):
                body[field.modifiers.get("as", field.name)] = below
        return body | {"id": node.object_id}

    def _below(self, node: Node, field: Field) -> Body | None:
        """An edge as a field: ``comments.limit(5).summary(true){message}``; nothing where there is nothing."""
        if field.name == "attachments":
            attached = [narrowed(item, field.fields) for item in self._attachments(node)]
            return {"data": attached} if attached else None
        nodes = self._under(node, field.name, field.modifiers)
        page = nodes[: min(number("limit", field.modifiers, _PAGE_SIZE), _LARGEST_PAGE)]
        body: Body = {"data": [self._render(item, field.fields) for item in page]}
        if page:
            body["paging"] = {"cursors": {"before": _cursor(0), "after": _cursor(len(page))}}
        summary = _summary(node, field.name, len(nodes), field.modifiers)
        return body | summary if page or summary else None

    def _node(self, object_id: str) -> Node:
        """The object of that id or name.

        Raises
        ------
        GraphError : 100/33 or 803 where there is none, 10 where the token may not see it.
        """
        moment = self._moment
        if object_id == "me" and self._viewer.page_id:
            object_id = self._viewer.page_id
        if actor := moment.actor("facebook", object_id):
            self._permit(actor.platform_id)
            return self._nodes.page(actor) if self._is_page(actor.platform_id) else self._nodes.person(actor)
        if post := moment.post("facebook", object_id):
            self._permit(post.author_id)
            return self._nodes.post(post)
        if comment := moment.comment("facebook", object_id):
            self._permit(comment.post_id.partition("_")[0])
            return self._nodes.comment(comment)
        for photo in self._photo(object_id):
            return photo
        raise errors.gone(object_id) if re.fullmatch(r"[0-9_]+", object_id) else errors.unknown_alias(object_id)

    def _photo(self, object_id: str) -> Iterable[Node]:
        for post in self._moment.world.posts:
            for attachment in post.attachments if post.platform == "facebook" else ():
                if attachment.media_id == object_id and self._moment.post("facebook", post.post_id):
                    self._permit(post.author_id)
                    yield self._nodes.photo(post, attachment)

    def _permit(self, page_id: str) -> None:
        """A Page token is good for its own Page; the app's sees what is public."""
        registration = self._moment.registration("facebook", page_id)
        if registration and registration.suspended_at and registration.suspended_at <= self._moment.now:
            raise errors.gone(page_id)
        if self._viewer.page_id not in (None, page_id):
            raise errors.no_permission("pages_read_engagement")

    def _is_page(self, actor_id: str) -> bool:
        if self._moment.registration("facebook", actor_id):
            return True
        actor = self._moment.actor("facebook", actor_id)
        liked = any(f.platform == "facebook" and f.followed_id == actor_id for f in self._moment.world.follows)
        return liked or bool(actor and actor.role == "organisation")

    def _own_posts(self, page_id: str) -> list[Node]:
        posts = self._moment.posts_by("facebook", page_id)
        return [self._nodes.post(post) for post in posts]

    def _tagged(self, page_id: str) -> list[Node]:
        page = self._moment.actor("facebook", page_id)
        others = [p for p in self._moment.world.posts if p.platform == "facebook" and p.author_id != page_id]
        alive = [post for post in others if self._moment.post("facebook", post.post_id)]
        names = (f"@{page.handle}".lower(), page.name.lower()) if page else ()
        return [
            self._nodes.post(post)
            for post in sorted(alive, key=lambda post: post.created_at, reverse=True)
            if any(name in self._moment.versions(post)[-1].text.lower() for name in names)
        ]

    def _feed(self, page_id: str) -> list[Node]:
        both = [*self._own_posts(page_id), *self._tagged(page_id)]
        return sorted(both, key=lambda node: node.created_at, reverse=True)

    def _photos(self, page_id: str) -> list[Node]:
        posts = self._moment.posts_by("facebook", page_id)
        return [self._nodes.photo(post, attachment) for post in posts for attachment in post.attachments]

    def _liked_pages(self, page_id: str) -> list[Node]:
        return [self._nodes.page(actor) for actor in self._moment.following("facebook", page_id)]

    def _comments(self, object_id: str) -> list[Node]:
        comment = self._moment.comment("facebook", object_id)
        return self._nodes.replies_to(comment) if comment else self._nodes.comments_on(object_id)

    def _attachments(self, node: Node) -> list[Body]:
        post = self._moment.post("facebook", node.object_id)
        return self._nodes.attachments(post) if post else []


class _Page:
    """One page of an edge.

    Once in a while a page comes empty and yet has a ``next``, as the Graph API's do when what was on it is hidden;
    which ones is decided by ``salt`` and the position, so it is the same each time.
    """

    def __init__(self, request: Request, options: Mapping[str, str], salt: int) -> None:
        self._request = request
        self._limit = min(number("limit", options, _PAGE_SIZE) or _PAGE_SIZE, _LARGEST_PAGE)
        self._at, self._passed = _position(options.get("after", ""))
        self._salt = salt

    def body(self, nodes: Sequence[Node], render: Callable[[Node], Body]) -> Body:
        if self._at < len(nodes) and not self._passed and (self._salt + self._at) % _EMPTY_ONE_IN == 0:
            return {"data": [], "paging": {"next": self._link(_cursor(self._at, passed=True))}}
        page = nodes[self._at : self._at + self._limit]
        if not page:
            return {"data": []}
        after = self._at + len(page)
        paging: Body = {"cursors": {"before": _cursor(self._at), "after": _cursor(after)}}
        if after < len(nodes):
            paging["next"] = self._link(_cursor(after))
        if self._at > 0:
            paging["previous"] = self._link(_cursor(max(0, self._at - self._limit)))
        return {"data": [render(node) for node in page], "paging": paging}

    def _link(self, cursor: str) -> str:
        """The whole URL of another page; like Facebook's it carries the token."""
        kept = {name: value for name, value in self._request.query_params.items() if name not in ("after", "before")}
        kept |= {"access_token": token_of(self._request), "limit": str(self._limit), "after": cursor}
        return f"https://graph.facebook.com{self._request.url.path}?{urlencode(kept)}"


def usage_headers(viewer: Viewer, standing: Standing, minutes: int | None = None) -> dict[str, str]:
    """How much of the allowance is used, in per cent; ``minutes`` until calls are taken again."""
    percent = 100 * (standing.limit - standing.remaining) // standing.limit
    usage: Body = {"call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2}
    if viewer.page_id is None:
        return {"X-App-Usage": json.dumps(usage)}
    wait = minutes if minutes is not None else 0 if standing.allowed else 60
    business = {"type": "pages", **usage, "estimated_time_to_regain_access": wait}
    return {"X-Business-Use-Case-Usage": json.dumps({viewer.page_id: [business]})}


def _summary(node: Node, edge: str, total: int, options: Mapping[str, str]) -> Body:
    """How much there is on an edge, where it was asked for; who reacted is never listed, only counted."""
    if options.get("summary", "").lower() not in ("true", "1", "total_count"):
        return {}
    if edge == "reactions":
        return {"summary": {"total_count": node.liked, "viewer_reaction": "NONE"}}
    if edge == "likes" and node.type != "Page":
        return {"summary": {"total_count": node.liked, "can_like": False, "has_liked": False}}
    order = "reverse_chronological" if options.get("order") == "reverse_chronological" else "chronological"
    return {"summary": {"order": order, "total_count": total, "can_comment": False}}


def _cursor(position: int, *, passed: bool = False) -> str:
    """An opaque cursor; ``passed`` says that the empty page before this position was served."""
    raw = f"{position}:{int(passed)}"
    return base64.urlsafe_b64encode(f"{raw}:{zlib.crc32(raw.encode()):08x}".encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[int, bool]:
    if not cursor:
        return 0, False
    try:
        position, passed, check = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(":")
        if check == f"{zlib.crc32(f'{position}:{passed}'.encode()):08x}":
            return int(position), passed == "1"
    except ValueError:
        pass
    raise errors.bad_parameter("Invalid cursors values")


def number(name: str, options: Mapping[str, str], default: int) -> int:
    """A parameter that is a number from 0; GraphError for anything else."""
    value = options.get(name, str(default))
    if not value.isdecimal():
        raise errors.bad_parameter(f"Param {name} must be a non-negative integer")
    return int(value)


def _moment_of(name: str, options: Mapping[str, str]) -> datetime | None:
    """``since`` and ``until``: epoch seconds, or a date that can be read."""
    value = options.get(name, "")
    if not value:
        return None
    if value.isdecimal():
        return datetime.fromtimestamp(int(value), UTC)
    try:
        at = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError:
        raise errors.bad_parameter(f"Param {name} must be a valid timestamp") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def token_of(request: Request) -> str:
    """The access token of a request, from its query or its header; empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return request.query_params.get("access_token", "") or (token if scheme in ("Bearer", "OAuth") else "")


def _json(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, dict(headers), media_type="application/json; charset=UTF-8")
