"""Cutting X's answers out of the index: fields, expansions, ``includes`` and partial ``errors``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.world import Actor
from sandbox.x_dialect import Dialect
from sandbox.x_index import Index, Tweet
from sandbox.x_request import Wanted

Body = dict[str, Any]


class Answer:
    """One answer that is being put together; each included object appears once."""

    def __init__(self, index: Index, dialect: Dialect, wanted: Wanted) -> None:
        self._index = index
        self._dialect = dialect
        self._wanted = wanted
        self._users: dict[str, Body] = {}
        self._posts: dict[str, Body] = {}
        self._media: dict[str, Body] = {}
        self.errors: list[Body] = []

    def body(self, data: Body | list[Body] | None, meta: Body | None = None) -> Body:
        """The whole body; X leaves out what would be empty."""
        includes = {"users": self._users, self._dialect.out("tweets"): self._posts, "media": self._media}
        included = {name: list(objects.values()) for name, objects in includes.items() if objects}
        parts = {"data": data, "includes": included, "errors": self.errors}
        return {name: part for name, part in parts.items() if part} | ({} if meta is None else {"meta": meta})

    def posts(self, tweets: Iterable[Tweet]) -> list[Body]:
        """Posts as ``data``, with what their expansions bring."""
        return [self._expanded(tweet) for tweet in tweets]

    def users(self, actors: Iterable[Actor]) -> list[Body]:
        """Users as ``data``, with what their expansions bring."""
        bodies = [self._index.user(actor) for actor in actors]
        if "most_recent_tweet_id" in self._wanted.expansions:
            self._include_posts(body["most_recent_tweet_id"] for body in bodies if "most_recent_tweet_id" in body)
        return [self._cut(body, self._wanted.user) for body in bodies]

    def post_is_gone(self, parameter: str, post_id: str) -> None:
        """Say that a post cannot be shown, in the words that fit the reason."""
        tweet = self._index.versions.get(post_id)
        word = self._dialect.post
        if tweet and self._index.suspended(tweet.author_id):
            self.not_authorized(parameter, word, post_id, f"{word.capitalize()} with {parameter}")
        else:
            self._not_found(
                parameter, word, post_id, "Not Found Error", f"Could not find {word} with {parameter}: [{post_id}]."
            )

    def user_is_gone(self, parameter: str, value: str) -> None:
        """Say that a user does not exist or is suspended."""
        actor = self._index.moment.actor("x", value)
        if actor and self._index.suspended(actor.platform_id):
            self._not_found(parameter, "user", value, "Forbidden", f"User has been suspended: [{value}].")
        else:
            self._not_found(
                parameter, "user", value, "Not Found Error", f"Could not find user with {parameter}: [{value}]."
            )

    def not_authorized(self, parameter: str, resource: str, value: str, what: str) -> None:
        """Say that an object exists and is not shown to this client."""
        self._fail("not-authorized-for-resource", parameter, resource, value, "Authorization Error")
        self.errors[-1] |= {"section": "data", "detail": f"Sorry, you are not authorized to see the {what}: [{value}]."}

    def _not_found(self, parameter: str, resource: str, value: str, title: str, detail: str) -> None:
        self._fail("resource-not-found", parameter, resource, value, title)
        self.errors[-1]["detail"] = detail

    def _fail(self, kind: str, parameter: str, resource: str, value: str, title: str) -> None:
        problem = {"type": self._dialect.problem(kind), "title": title, "resource_type": resource}
        self.errors.append(problem | {"parameter": parameter, "resource_id": value, "value": value})

    def _expanded(self, tweet: Tweet) -> Body:
        asked = self._wanted.expansions
        people = {tweet.author_id} if "author_id" in asked else set()
        if "in_reply_to_user_id" in asked and tweet.in_reply_to_id:
            people.add(tweet.in_reply_to_id)
        if "entities.mentions.username" in asked:
            people.update(tweet.mentions)
        self._include_users(people)
        if "attachments.media_keys" in asked:
            self._include_media(tweet)
        if "edit_history_tweet_ids" in asked:
            self._include_posts(version for version in tweet.history if version != tweet.post_id)
        if any(name.startswith("referenced_tweets.id") for name in asked):
            self._include_referenced(tweet)
        return self._cut(tweet.body, self._wanted.post)

    def _include_referenced(self, tweet: Tweet) -> None:
        asked = self._wanted.expansions
        for reference in tweet.body.get("referenced_tweets", ()):
            referenced = self._index.versions.get(reference["id"])
            if referenced is None or self._index.suspended(referenced.author_id):
                self._miss_once(reference["id"])
                continue
            self._include_posts([referenced.post_id])
            if "referenced_tweets.id.author_id" in asked or (self._dialect.name == "post" and "author_id" in asked):
                self._include_users({referenced.author_id})
            if "referenced_tweets.id.attachments.media_keys" in asked:
                self._include_media(referenced)

    def _miss_once(self, post_id: str) -> None:
        if all(error["value"] != post_id for error in self.errors):
            self.post_is_gone("referenced_posts" if self._dialect.name == "post" else "referenced_tweets.id", post_id)

    def _include_posts(self, post_ids: Iterable[str]) -> None:
        for post_id in post_ids:
            self._posts[post_id] = self._cut(self._index.versions[post_id].body, self._wanted.post)

    def _include_users(self, user_ids: set[str]) -> None:
        for user_id in sorted(user_ids - self._users.keys()):
            actor = self._index.moment.actor("x", user_id)
            if actor and not self._index.suspended(user_id):
                self._users[user_id] = self._cut(self._index.user(actor), self._wanted.user)

    def _include_media(self, tweet: Tweet) -> None:
        for attachment in tweet.attachments:
            image = self._index.moment.world.image_by_id[attachment.image_id]
            self._media[attachment.media_id] = self._cut(self._index.media(attachment, image), self._wanted.media)

    def _cut(self, body: Mapping[str, Any], fields: frozenset[str]) -> Body:
        out = self._dialect.out
        cut = {out(name): value for name, value in body.items() if name in fields}
        if self._dialect.name == "post" and "public_metrics" in cut:
            cut["public_metrics"] = {out(name): count for name, count in cut["public_metrics"].items()}
        return cut
