"""Reading Facebook Pages with facebook-sdk: one method for each check.

The SDK is from 2018. Its constructor knows no living version of the Graph API, so the version is set
afterwards; its own paging fails on answers without a token in ``next`` and follows any host, so pages are
followed here, and only on the same edge of the same object.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import facebook

from connectors.base import Checked, Keep, Scope
from connectors.budget import Budget
from connectors.calls import Ask, Body, Conversation, Pages, Rules, items
from connectors.facebook.problems import judge, window
from connectors.retry import Sleep
from connectors.transport import GRAPH_HOSTS, Credential, Exchange, Transport
from connectors.values import count, identifier, mapping, moment, objects, text
from records.errors import Unavailable, UnexpectedAnswer
from records.model import Account, Check, Completeness, Platform

VERSION = "v26.0"
METERED_AS = "facebook"
"""Graph limits a Page's calls together, whatever they ask for."""
PAGE_SIZE = 100
PAGE_FIELDS = "id,name,username,about,link,followers_count,fan_count"
POST_FIELDS = (
    "id,message,story,created_time,updated_time,permalink_url,status_type,is_hidden,parent_id,from,full_picture,"
    "attachments{media,media_type,type,target,subattachments},shares"
)
COMMENT_FIELDS = "id,from,message,attachment,created_time,parent,is_hidden,permalink_url"
COUNT_FIELDS = "id,created_time,comments.filter(stream).limit(0).summary(true)"
LIKED_FIELDS = "id,name,username,link"

_SECRETS = ("access_token", "appsecret_proof")


class FacebookConnector:
    """One Page through the Graph API, with its own token. See :class:`connectors.base.Connector`.

    Facebook shows no list of followers, only their number, and of what a Page follows only the Pages that
    it likes.
    """

    platform = Platform.FACEBOOK

    def __init__(
        self,
        secret: str,
        transport: Transport,
        budget: Budget,
        app_secret: str | None = None,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._budget = budget
        self._sleep = sleep
        self._inbox: list[Exchange] = []
        credential = Credential(secret, GRAPH_HOSTS, in_query=True, app_secret=app_secret)
        session = transport.session(GRAPH_HOSTS, credential, self._inbox.append)
        self._graph = facebook.GraphAPI(session=session, timeout=transport.timeout)
        self._graph.version = VERSION

    def capabilities(self) -> Mapping[Check, Completeness]:
        """What a Page token shows; pictures are fetched by :func:`connectors.fetch_media`."""
        whole = (Check.PROFILE, Check.POSTS, Check.COMMENTS, Check.RECHECK)
        return dict.fromkeys(whole, Completeness.FULL) | {
            Check.FOLLOWERS: Completeness.COUNT_ONLY,
            Check.FOLLOWING: Completeness.PARTIAL,
        }

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
        self._page(talk)
        return Checked(Completeness.FULL, 1, scope.now, scope.now)

    def _followers(self, talk: Conversation, scope: Scope) -> Checked:
        page = self._page(talk)
        followers = count(page.get("followers_count"))
        seen = followers if followers is not None else count(page.get("fan_count"))
        return Checked(Completeness.COUNT_ONLY, seen or 0, scope.now, scope.now)

    def _page(self, talk: Conversation) -> Body:
        who = talk.account.platform_id or talk.account.handle
        return self._object(talk, "facebook.page", who, PAGE_FIELDS, _subject(talk.account))

    def _posts(self, talk: Conversation, scope: Scope) -> Checked:
        since = {"since": int(scope.since.timestamp())} if scope.since else {}
        pages = self._own_posts(talk, "facebook.posts", POST_FIELDS, since)
        seen = sum(items(body) for body in pages)
        return Checked(_whole(pages.complete), seen, scope.since, scope.now)

    def _following(self, talk: Conversation, scope: Scope) -> Checked:
        subject = _subject(talk.account)
        pages = self._edge(talk, "facebook.likes", talk.account.platform_id, "likes", LIKED_FIELDS, subject)
        seen = sum(items(body) for body in pages)
        return Checked(Completeness.PARTIAL, seen, scope.now, scope.now)

    def _comments(self, talk: Conversation, scope: Scope) -> Checked:
        """Comments of the known posts and of new ones, but only where a count says that there are any."""
        known = _ids(scope.known, "post")
        counts, complete = self._comment_counts(talk, scope, known)
        wanted = [post_id for post_id in dict.fromkeys([*known, *counts]) if counts.get(post_id, 1)]
        seen = 0
        for post_id in wanted:
            pages = self._comments_of(talk, post_id)
            seen += sum(items(body) for body in _while_there(pages))
            complete = complete and pages.complete
        return Checked(_whole(complete), seen, scope.since, scope.now)

    def _comment_counts(self, talk: Conversation, scope: Scope, known: Sequence[str]) -> tuple[dict[str, int], bool]:
        """How many comments each known or new post has; the listing, newest first, is read until all known are seen."""
        since = {"since": int(scope.since.timestamp())} if scope.since and not known else {}
        pages = self._own_posts(talk, "facebook.comment_counts", COUNT_FIELDS, since)
        left, counts = set(known), {}
        for body in pages:
            for node in objects(body.get("data")):
                post_id, posted = identifier(node.get("id")), moment(node.get("created_time"))
                is_new = scope.since is None or posted is None or posted >= scope.since
                if post_id and (is_new or post_id in left):
                    total = count(mapping(mapping(node.get("comments")).get("summary")).get("total_count"))
                    counts[post_id] = 1 if total is None else total
            left -= counts.keys()
            if known and not left:
                break
        return counts, pages.complete

    def _recheck(self, talk: Conversation, scope: Scope) -> Checked:
        """List again, then ask for each absent one by itself: twice, for a deletion takes two confirmations.

        The listing comes first because it proves that the token still sees the Page: Graph answers
        the same for what is gone and for what a token may not see.
        """
        listing = self._own_posts(talk, "facebook.posts", POST_FIELDS, {})
        seen, absent = _looked_for(_ids(scope.known, "post"), listing)
        seen += sum(self._confirm(talk, "facebook.post", post_id, POST_FIELDS, None) for post_id in absent)
        complete = listing.complete
        for post_id, comment_ids in _by_post(_ids(scope.known, "comment"), talk.account.platform_id).items():
            thread, subject = self._comments_of(talk, post_id), f"facebook:post:{post_id}"
            shown, absent = _looked_for(comment_ids, _while_there(thread))
            again = (self._confirm(talk, "facebook.comment", key, COMMENT_FIELDS, subject) for key in absent)
            seen += shown + sum(again)
            complete = complete and thread.complete
        return Checked(_whole(complete), seen, scope.now, scope.now)

    def _confirm(self, talk: Conversation, kind: str, object_id: str, fields: str, subject: str | None) -> int:
        """Ask up to twice whether an object is there; how often it was shown."""
        for _ in range(2):
            try:
                self._object(talk, kind, object_id, fields, subject)
                return 1
            except Unavailable:
                continue
        return 0

    def _object(self, talk: Conversation, kind: str, object_id: str, fields: str, subject: str | None) -> Body:
        def call(_: int) -> object:
            return self._graph.get_object(object_id, fields=fields)

        return talk.ask(Ask(kind, call, endpoint=METERED_AS, subject=subject, needs="id"))

    def _own_posts(self, talk: Conversation, kind: str, fields: str, since: Mapping[str, int]) -> Pages:
        return self._edge(talk, kind, talk.account.platform_id, "posts", fields, _subject(talk.account), **since)

    def _comments_of(self, talk: Conversation, post_id: str) -> Pages:
        subject, options = f"facebook:post:{post_id}", {"filter": "stream", "order": "chronological"}
        return self._edge(talk, "facebook.comments", post_id, "comments", COMMENT_FIELDS, subject, **options)

    def _edge(
        self, talk: Conversation, kind: str, object_id: str, edge: str, fields: str, subject: str, **options: Any
    ) -> Pages:
        def page(position: Mapping[str, str] | None) -> Body:
            asked = {**options, "fields": fields, "limit": PAGE_SIZE, **(position or {})}

            def call(_: int) -> object:
                return self._graph.get_connections(object_id, edge, **asked)

            return talk.ask(Ask(kind, call, endpoint=METERED_AS, subject=subject, needs="data"))

        return Pages(page, lambda body: following(body, f"/{object_id}/{edge}"))


def following(body: Mapping[str, Any], path: str) -> dict[str, str] | None:
    """Where the next page begins, as arguments; None after the last one. An empty page may have a next one.

    Raises
    ------
    UnexpectedAnswer : where ``next`` leads to another host or another edge than ``path``.
    """
    address = text(mapping(body.get("paging")).get("next"))
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    same = parts.scheme == "https" and parts.netloc in GRAPH_HOSTS and re.sub(r"^/v\d+\.\d+", "", parts.path) == path
    if not same:
        raise UnexpectedAnswer(
            f"The next page of {path} leads elsewhere ({parts.netloc}{parts.path})", "It is asked again later"
        )
    return {name: value for name, value in parse_qsl(parts.query) if name not in _SECRETS}


def _while_there(pages: Pages) -> Iterator[Body]:
    """The pages of a thread; none where the post has gone meanwhile, which the re-check finds out."""
    try:
        yield from pages
    except Unavailable:
        return


def _looked_for(known: Sequence[str], pages: Iterable[Body]) -> tuple[int, list[str]]:
    """How many items a listing showed until all known ones had come, and which had not come at its end."""
    seen, left = 0, dict.fromkeys(known)
    for body in pages:
        seen += items(body)
        for node in objects(body.get("data")):
            left.pop(identifier(node.get("id")) or "", None)
        if not left:
            break
    return seen, list(left)


def _subject(account: Account) -> str:
    return f"facebook:profile:{account.platform_id}"


def _whole(complete: bool) -> Completeness:
    return Completeness.FULL if complete else Completeness.PARTIAL


def _ids(known: Sequence[str], what: str) -> list[str]:
    """Facebook's ids of the records of that type."""
    found = (re.fullmatch(rf"facebook:{what}:([0-9_]+)", record_id) for record_id in known)
    return list(dict.fromkeys(match.group(1) for match in found if match))


def _by_post(comment_ids: Sequence[str], page_id: str) -> dict[str, list[str]]:
    """Comments by their post: an id is ``{post}_{comment}``, and a post's own id begins with the Page's."""
    grouped: dict[str, list[str]] = {}
    for comment_id in comment_ids:
        post = comment_id.rpartition("_")[0]
        grouped.setdefault(post if "_" in post else f"{page_id}_{post}", []).append(comment_id)
    return grouped
