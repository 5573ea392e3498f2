"""Everybody with an account: the registered ones, the community as the roster knows it, and strangers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from sandbox.clock import EPOCH, snowflake
from sandbox.district import District, channel_of, day, page_id
from sandbox.names import FAMILY, GIVEN
from sandbox.things import Actor, Person

STRANGERS = 170
NEIGHBOURS = 46
"""People who comment on Pages; whether they are parents, no route says."""

_OUTSIDERS = (
    ("x", "TrailheadShoes", "Trailhead Shoes", "Running shoes on Mill Street. Sale every Friday!"),
    ("x", "LoftLanterns", "The Loft Lanterns", "Indie four-piece. Gigs, mostly in barns."),
    ("x", "GranitePeakGear", "Granite Peak Gear", "Tents and bad puns."),
    ("x", "PixelForgeGames", "Pixel Forge", "We make the game that your students play."),
    ("x", "DailySpikeBets", "Daily Spike", "Odds and tips."),
    ("x", "CornerSliceAF", "Corner Slice Pizza", "By the slice since 1988."),
    ("x", "NorthwindFit", "Northwind Fitness", "First month free."),
    ("x", "StreamlineTutor", "Streamline Tutors", "Private lessons, all subjects."),
    ("x", "WREN_FM", "Wren FM 98.3", "Hits and traffic."),
    ("facebook", "trailheadshoes", "Trailhead Shoes", "Running shoes on Mill Street."),
    ("facebook", "loftlanterns", "The Loft Lanterns", "Indie four-piece."),
)


def gather(district: District, seed: int) -> tuple[Actor, ...]:
    """All actors of ``district``."""
    rng = Random(f"{seed}/crowd")
    known = [*_registered(district), *_organisations(district), *_rostered(district, rng)]
    return (*known, *_outsiders(known, rng), *_strangers(rng), *_neighbours(rng))


def outsiders(actors: Iterable[Actor], platform: str) -> list[Actor]:
    """The strangers with a business, and the near miss: those that an account may come to follow."""
    return [a for a in actors if a.platform == platform and a.role is None and a.bio]


def _registered(district: District) -> Iterator[Actor]:
    for r in district.registrations:
        channel = channel_of(r)
        yield Actor(r.platform, r.platform_id, r.handle, channel.name, channel.bio, "school", day(2019, 9, 2))


def _organisations(district: District) -> Iterator[Actor]:
    for o in district.organisations:
        yield Actor(
            o.platform, o.platform_id, o.handle, o.title, f"Official: {o.why}.", "organisation", day(2015, 1, 5)
        )


def _rostered(district: District, rng: Random) -> Iterator[Actor]:
    for person in district.people:
        for platform, handle in person.handles:
            if platform == "x":
                yield _member(person, handle, rng)


def _member(person: Person, handle: str, rng: Random) -> Actor:
    """A rostered person as X shows them: the roster wrote some handles in lower case, X keeps the owner's spelling."""
    joined = _some_day(rng)
    role = person.role if person.role in ("student", "guardian") else "staff"
    shown = handle.replace(person.family_name.lower(), person.family_name) if role == "staff" else handle
    name = f"{person.given_name} {person.family_name}"
    number = snowflake(joined, rng.getrandbits(22))
    return Actor("x", number, shown, name, _BIOS[role], role, joined, person.sourced_id)


_BIOS = {"staff": "Teacher. Opinions are about books.", "student": "afhs", "guardian": "Parent of two."}


def _outsiders(known: list[Actor], rng: Random) -> Iterator[Actor]:
    for platform, handle, name, bio in _OUTSIDERS:
        yield _stranger(platform, handle, name, bio, rng)
    teacher = next(a for a in known if a.role == "staff")
    yield _stranger("x", _one_letter_off(teacher.handle), teacher.name, "Not who you think.", rng)


def _one_letter_off(handle: str) -> str:
    return handle[:-3] + ("e" if handle[-3] != "e" else "o") + handle[-2:]


def _strangers(rng: Random) -> Iterator[Actor]:
    for n in range(STRANGERS):
        given, family = rng.choice(GIVEN), rng.choice(FAMILY)
        handle = f"{given}{family}"[:11].replace("'", "") + str(100 + n)
        yield _stranger("x", handle.encode("ascii", "replace").decode().replace("?", "_"), f"{given} {family}", "", rng)


def _neighbours(rng: Random) -> Iterator[Actor]:
    for n in range(NEIGHBOURS):
        name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"
        yield _stranger("facebook", f"neighbour.{n}", name, "", rng)


def _stranger(platform: str, handle: str, name: str, bio: str, rng: Random) -> Actor:
    joined = _some_day(rng)
    if platform == "x":
        number = snowflake(joined, rng.getrandbits(22))
    else:
        number = page_id(rng) if bio else str(rng.randrange(10**15, 10**16))
    return Actor(platform, number, handle, name, bio, None, joined)


def _some_day(rng: Random) -> datetime:
    return EPOCH - timedelta(days=rng.randrange(200, 4500), seconds=rng.randrange(86400))
