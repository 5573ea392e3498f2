"""What happens, week by week: posts, comments, edits, deletions. Each week is drawn from its own numbers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sandbox.changes import look_back
from sandbox.clock import FIRST_WEEKS
from sandbox.district import Channel, District
from sandbox.pictures import Wish, wishes
from sandbox.posting import compose, elsewhere
from sandbox.telling import UNSEEN, Told, Week
from sandbox.things import Actor, Registration, SandComment, SandImage, SandPost
from sandbox.threads import discuss

_POSTS_A_WEEK = (2, 2, 2, 2, 2, 2, 3, 3, 3, 4)


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that was posted, in the order of its making."""

    posts: tuple[SandPost, ...]
    comments: tuple[SandComment, ...]
    images: tuple[SandImage, ...]


def tell(district: District, actors: tuple[Actor, ...], seed: int, weeks: int) -> Story:
    """The story of the first ``weeks`` weeks."""
    told = Told(district, actors)
    for number in range(1, weeks + 1):
        _tell_week(Week(told, number, Random(f"{seed}/week/{number}")))
    return Story(tuple(told.posts.values()), tuple(told.comments.values()), tuple(told.images.values()))


def _tell_week(week: Week) -> None:
    """What is new, and after the first weeks what becomes of the old: nothing was captured before."""
    if week.number > FIRST_WEEKS:
        look_back(week)
    for post in elsewhere(week):
        week.told.add(post)
    able = tuple(channel for channel, _ in week.told.channels if channel.handle not in UNSEEN)
    plan = wishes(week.number, able, week.rng)
    for channel, account in week.told.channels:
        _post_for(week, channel, account, plan.get(channel.handle, []))


def _post_for(week: Week, channel: Channel, account: Registration, planned: list[Wish]) -> None:
    """An account's week. What it deletes on the same day nobody comments on: no capture could know the thread."""
    for n in range(max(len(planned), week.rng.choice(_POSTS_A_WEEK))):
        post = compose(week, channel, account, planned[n] if n < len(planned) else None, first=n == 0)
        week.told.add(post)
        if post.deleted_at is None and post.kind in ("post", "quote"):
            discuss(week, post, first=n == 0)
