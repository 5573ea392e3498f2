"""Who follows whom on X, and which Page likes which on Facebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sandbox.clock import EPOCH, FIRST_WEEKS, WEEK, week_start
from sandbox.crowd import outsiders
from sandbox.district import EXPIRED, SUSPENDED, TOKEN_DEAD, District
from sandbox.things import Actor, Follow

_OUTWARD = (
    ("AFHS_Otters", "TrailheadShoes"),
    ("AFHS_Otters", "DailySpikeBets"),
    ("AFHS_Band", "LoftLanterns"),
    ("AFHS_Robotics", "PixelForgeGames"),
    ("LarkinBiology", "GranitePeakGear"),
    ("MillraceMS", "WREN_FM"),
    ("Stonebridge_Gr4", "CornerSliceAF"),
    ("MillraceXC", "TrailheadShoes"),
    ("AFHS_Drama", "LoftLanterns"),
)
_LIKED = (("afhsathletics", "trailheadshoes"), ("afhsmusic", "loftlanterns"))
_FOLLOWS_NEAR_MISS = "AFHS_Library"


def befriend(district: District, actors: tuple[Actor, ...], seed: int, weeks: int) -> tuple[Follow, ...]:
    """All relationships of ``weeks`` weeks: those from before, those of the first six, and each later week's."""
    rng = Random(f"{seed}/bonds")
    bonds = {(f.follower_id, f.followed_id): f for f in (*_on_x(actors, rng), *_on_facebook(actors, rng))}
    for week in range(2, weeks + 1):
        _change(bonds, district, actors, Random(f"{seed}/bonds/{week}"), week)
    return tuple(bonds.values())


def _on_x(actors: tuple[Actor, ...], rng: Random) -> Iterator[Follow]:
    x = [a for a in actors if a.platform == "x"]
    schools = [a for a in x if a.role == "school"]
    others = [a for a in x if a.role in ("staff", "organisation")]
    community = [a for a in x if a.role in ("staff", "organisation", "student", "guardian")]
    strangers = [a for a in x if a.role is None]
    for school in schools:
        peers = [a for a in schools if a is not school]
        chosen = [*rng.sample(peers, rng.randrange(2, 6)), *rng.sample(others, rng.randrange(3, 9))]
        yield from (_follow(school, other, _before(rng)) for other in chosen)
        public = [*rng.sample(community, rng.randrange(8, 22)), *rng.sample(strangers, rng.randrange(12, 38))]
        yield from (_follow(other, school, _before(rng)) for other in public)
    yield from _outward(actors, rng)


def _outward(actors: tuple[Actor, ...], rng: Random) -> Iterator[Follow]:
    by_handle = {(a.platform, a.handle): a for a in actors}
    near_miss = outsiders(actors, "x")[-1].handle
    for follower, followed in (*_OUTWARD, (_FOLLOWS_NEAR_MISS, near_miss)):
        yield _follow(by_handle["x", follower], by_handle["x", followed], _before(rng))


def _on_facebook(actors: tuple[Actor, ...], rng: Random) -> Iterator[Follow]:
    pages = [a for a in actors if a.platform == "facebook" and a.role in ("school", "organisation")]
    by_handle = {a.handle: a for a in actors if a.platform == "facebook"}
    for page in (p for p in pages if p.role == "school"):
        chosen = rng.sample([p for p in pages if p is not page], rng.randrange(3, 7))
        yield from (_follow(page, other, _before(rng)) for other in chosen)
    yield from (_follow(by_handle[page], by_handle[liked], _before(rng)) for page, liked in _LIKED)


def _change(
    bonds: dict[tuple[str, str], Follow], district: District, actors: tuple[Actor, ...], rng: Random, week: int
) -> None:
    """A week's new relationships and endings; after the first six also with an outsider every week."""
    x = [a for a in actors if a.platform == "x"]
    schools = [a for a in x if a.role == "school" and a.handle not in (EXPIRED, SUSPENDED)]
    pages = [a for a in actors if a.platform == "facebook" and a.role == "school" and a.handle != TOKEN_DEAD]
    people = [a for a in x if a.role != "school"]
    liked = [a for a in actors if a.platform == "facebook" and a.role in ("school", "organisation")]
    new = [(rng.choice(people), rng.choice(schools)) for _ in range(8)]
    new += [(rng.choice(schools), rng.choice([a for a in x if a.role in ("staff", "organisation")])) for _ in range(2)]
    new += [(rng.choice(pages), rng.choice(liked))]
    if week > FIRST_WEEKS:
        new += [(rng.choice(schools), rng.choice(outsiders(actors, "x")))]
    for follower, followed in new:
        if follower is not followed:
            bonds.setdefault(
                (follower.platform_id, followed.platform_id), _follow(follower, followed, _during(rng, week))
            )
    _end(bonds, district, actors, rng, week)


def _end(
    bonds: dict[tuple[str, str], Follow], district: District, actors: tuple[Actor, ...], rng: Random, week: int
) -> None:
    """Three followers leave, and one account gives up somebody: in every other later week an outsider."""
    registered = {r.platform_id for r in district.registrations}
    lasting = [(key, f) for key, f in bonds.items() if f.ended_at is None and f.started_at < week_start(week)]
    inbound = [key for key, f in lasting if f.platform == "x" and f.follower_id not in registered]
    outward = {a.platform_id for platform in ("x", "facebook") for a in outsiders(actors, platform)}
    outbound = [key for key, f in lasting if f.follower_id in registered]
    given_up = [key for key in outbound if (key[1] in outward) == (week > FIRST_WEEKS and week % 2 == 0)]
    for key in (*rng.sample(inbound, 3), rng.choice(given_up)):
        bonds[key] = replace(bonds[key], ended_at=_during(rng, week))


def _follow(follower: Actor, followed: Actor, at: datetime) -> Follow:
    return Follow(follower.platform, follower.platform_id, followed.platform_id, at)


def _before(rng: Random) -> datetime:
    return EPOCH - timedelta(days=rng.randrange(1, 300), seconds=rng.randrange(86400))


def _during(rng: Random, week: int) -> datetime:
    return week_start(week) + timedelta(seconds=rng.randrange(3600, int(WEEK.total_seconds()) - 3600))
