"""What changes after it was captured: posts and comments of earlier weeks are edited and deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sandbox.clock import COMMENTED_FOR, WEEK
from sandbox.phrases import edited
from sandbox.telling import Week
from sandbox.things import SandComment, SandPost, Version
from sandbox.threads import reworded

_Item = TypeVar("_Item", SandPost, SandComment)


def look_back(week: Week) -> None:
    """A week's deletions on both platforms, and on Facebook its edits: X closes a post after an hour."""
    for platform in ("x", "facebook"):
        for post in _some(week, _settled(week, platform), 2):
            _delete(week, post, week.some_time())
    for post in _some(week, _settled(week, "facebook"), 3):
        version = Version(post.post_id, edited(post.versions[-1].text, week.rng), week.some_time())
        week.told.add(replace(post, versions=(*post.versions, version)))
    for platform in ("x", "facebook"):
        for comment in _some(week, _lone_comments(week, platform), 2):
            week.told.hear(replace(comment, deleted_at=week.some_time()))
    for comment in _some(week, _lone_comments(week, "facebook"), 2):
        week.told.hear(reworded(comment, week.some_time()))


def _settled(week: Week, platform: str) -> list[SandPost]:
    """Posts of the four weeks before that can be collected, stand, and are not commented on any more."""
    return [
        post
        for post in week.told.posts.values()
        if post.platform == platform
        and post.kind == "post"
        and post.deleted_at is None
        and post.post_id not in week.told.kept
        and week.start - 4 * WEEK < post.created_at < week.start - COMMENTED_FOR
        and week.told.collectable(post.author_id)
    ]


def _lone_comments(week: Week, platform: str) -> list[SandComment]:
    """Comments of the week before, on posts of that week that stand, which nobody answered."""
    answered = week.told.answered()
    return [
        comment
        for comment in week.told.comments.values()
        if comment.platform == platform
        and comment.deleted_at is None
        and comment.created_at < week.start
        and comment.comment_id not in answered
        and _is_recent(week, week.told.posts[comment.post_id])
    ]


def _is_recent(week: Week, root: SandPost) -> bool:
    created_last_week = week.start - WEEK < root.created_at < week.start
    return created_last_week and root.deleted_at is None and week.told.collectable(root.author_id)


def _delete(week: Week, post: SandPost, at: datetime) -> None:
    """Facebook takes the comments away with the post; X leaves them."""
    week.told.add(replace(post, deleted_at=at))
    for comment in list(week.told.comments.values()) if post.platform == "facebook" else ():
        if comment.post_id == post.post_id and comment.deleted_at is None:
            week.told.hear(replace(comment, deleted_at=at))


def _some(week: Week, choices: list[_Item], wanted: int) -> list[_Item]:
    return week.rng.sample(choices, min(wanted, len(choices)))
