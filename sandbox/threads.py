"""How people answer: threads of comments, the account's own answers, second thoughts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.clock import COMMENTED_FOR
from sandbox.phrases import ANSWERS, COMMENTS, OFFICIAL_ANSWERS, fill
from sandbox.telling import Week
from sandbox.things import SandComment, SandPost, Version

_DISCUSSED = {(4, "alderfallsps"): 40, (5, "AFHS_News"): 20}
"""More comments than a page of an API holds, by week and handle, on the first post of the week."""


def discuss(week: Week, post: SandPost, first: bool) -> None:
    """The thread under ``post``: some answer the post, some each other, some delete what they wrote."""
    busy = _DISCUSSED.get((week.number, week.told.actors[post.author_id].handle)) if first else None
    count = busy or week.rng.choice((0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 6))
    if busy:
        week.told.kept.add(post.post_id)
    longest = COMMENTED_FOR / timedelta(minutes=1) - 1
    thread: list[SandComment] = []
    for minutes in sorted({1 + int(week.rng.random() ** 3 * longest) for _ in range(count)}):
        thread.append(_comment(week, post, thread, post.created_at + timedelta(minutes=minutes)))
    if thread and week.rng.random() < 0.1:
        thread += _official_answer(week, post, thread[0])
    answered = {c.parent_id for c in thread} | week.told.answered()
    for comment in thread:
        week.told.hear(_second_thoughts(week, comment, comment.comment_id not in answered))


def reworded(comment: SandComment, at: datetime) -> SandComment:
    """``comment`` after its author has changed it."""
    version = Version(comment.comment_id, f"{comment.versions[-1].text} (edit: thanks!)", at)
    return replace(comment, versions=(*comment.versions, version))


def _comment(week: Week, post: SandPost, thread: list[SandComment], at: datetime) -> SandComment:
    parent = week.rng.choice(thread) if thread and week.rng.random() < 0.4 else None
    text = fill(week.rng.choice(ANSWERS if parent else COMMENTS), week.rng)
    return week.said(post, parent.comment_id if parent else None, _commenter(week, post.platform), text, at)


def _commenter(week: Week, platform: str) -> str:
    known = week.told.public(platform, "student", "guardian", "staff")
    strangers = week.told.public(platform, None)
    return week.rng.choice(known if known and week.rng.random() < 0.5 else strangers).platform_id


def _official_answer(week: Week, post: SandPost, first: SandComment) -> list[SandComment]:
    """The account answers: on X by a post of its own, which is answered in turn; a Page writes a comment."""
    at = first.created_at + timedelta(minutes=week.rng.randrange(5, 90))
    text = fill(week.rng.choice(OFFICIAL_ANSWERS), week.rng)
    if at > post.created_at + COMMENTED_FOR - timedelta(hours=2):
        return []
    if post.platform == "facebook":
        return [week.said(post, first.comment_id, post.author_id, text, at)]
    number = week.snowflake(at)
    version = Version(number, f"@{week.told.actors[first.author_id].handle} {text}", at)
    week.told.add(SandPost("x", number, post.author_id, "reply", (version,), (), post.post_id, first.comment_id))
    week.told.kept.update((post.post_id, number))
    return [week.said(post, number, first.author_id, "Thanks 👍", at + timedelta(minutes=40))]


def _second_thoughts(week: Week, comment: SandComment, alone: bool) -> SandComment:
    """Some comments that nobody answered are deleted within hours; some on Facebook are reworded."""
    chance = week.rng.random()
    if alone and chance < 0.05:
        return replace(comment, deleted_at=comment.created_at + timedelta(minutes=week.rng.randrange(10, 600)))
    if comment.platform == "facebook" and chance > 0.96:
        return reworded(comment, comment.created_at + timedelta(minutes=week.rng.randrange(2, 50)))
    return comment
