"""Which picture a post carries, and where a mark lies in it. Nothing is drawn here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from random import Random

from sandbox.clock import FIRST_WEEKS
from sandbox.district import Channel
from sandbox.marks import ASPECT, LOOKALIKES, MARKS
from sandbox.phrases import SLOTS, fill
from sandbox.things import Placement, SandImage

SIZES = {"flyer": (680, 880), "classroom": (960, 640), "field": (960, 640), "score": (720, 720), "phone": (640, 1120)}
SMALLEST_MARK = 72
"""Pixels. Nothing under 48 is ever placed; a little more leaves room for rotation and compression."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a planned picture must be: ``what`` is ``mark``, ``lookalike``, ``fault`` or ``again``.

    ``name`` is the mark, the fault, or ``"{week}/{handle}"`` of the picture that is shown again.
    """

    what: str
    name: str


_MARKED = (
    (1, "AlderFallsPS", "district-seal"),
    (1, "AFHS_News", "district-seal"),
    (1, "LarkinBiology", "district-seal"),
    (1, "AFHS_Band", "otter-mascot"),
    (2, "AFHS_Otters", "otter-mascot"),
    (2, "MillraceArt", "district-seal"),
    (2, "MillraceMS", "otter-mascot"),
    (2, "AFHS_Library", "wordmark"),
    (2, "MillraceXC", "otter-mascot"),
    (3, "alderfallsps", "district-seal"),
    (3, "AFHS_News", "district-seal"),
    (3, "AFHS_Robotics", "otter-mascot"),
    (3, "stonebridgeelementary", "otter-mascot"),
    (3, "AFHS_Band", "otter-mascot"),
    (3, "AFHS_Drama", "district-seal"),
    (4, "afhsathletics", "otter-mascot"),
    (4, "afhsmusic", "district-seal"),
    (4, "MillraceMS", "otter-mascot"),
    (4, "afpslibraries", "wordmark"),
    (5, "AlderFallsPS", "district-seal"),
    (5, "millracemiddle", "wordmark"),
    (5, "Stonebridge_Gr4", "otter-mascot"),
    (5, "AFHS_News", "district-seal"),
    (6, "AFHS_Band", "otter-mascot"),
    (6, "afpsfood", "district-seal"),
    (6, "millracescience", "otter-mascot"),
    (6, "stonebridgekinder", "wordmark"),
)
_LOOKALIKE = (
    (1, "alderfallshigh", "water-board"),
    (2, "AFHS_Robotics", "badger-club"),
    (3, "StonebridgeElem", "credit-union"),
    (4, "MillraceArt", "water-board"),
    (5, "afpslibraries", "credit-union"),
    (6, "AFHS_Otters", "badger-club"),
)
_FAULTS = (
    (2, "StonebridgeElem", "missing"),
    (3, "MillraceArt", "truncated"),
    (4, "LarkinBiology", "pixel"),
    (5, "millracescience", "bomb"),
    (6, "alderfallshigh", "not_image"),
)
_AGAIN = (
    (4, "AFHS_Otters", "2/AFHS_Otters"),
    (5, "alderfallshigh", "3/AFHS_News"),
    (6, "millracemiddle", "5/millracemiddle"),
)


def wishes(week: int, channels: tuple[Channel, ...], rng: Random) -> dict[str, list[Wish]]:
    """The planned pictures of a week, by handle: fixed for the first six, drawn by lot after."""
    plan: dict[str, list[Wish]] = defaultdict(list)
    if week > FIRST_WEEKS:
        for channel in rng.sample(channels, 4):
            plan[channel.handle].append(Wish("mark", rng.choice(MARKS)))
        plan[rng.choice(channels).handle].append(Wish("lookalike", rng.choice(LOOKALIKES)))
        return plan
    rows = {"mark": _MARKED, "lookalike": _LOOKALIKE, "fault": _FAULTS, "again": _AGAIN}
    for what, planned in rows.items():
        for when, handle, name in planned:
            if when == week:
                plan[handle].append(Wish(what, name))
    return plan


def picture(image_id: str, channel: Channel, wish: Wish | None, rng: Random) -> SandImage:
    """A picture for ``channel``, as ``wish`` asks."""
    kind = _kind(channel, wish, rng)
    width, height = SIZES[kind]
    mark = _place(wish.name, kind, width, height, rng) if wish and wish.what in ("mark", "lookalike") else None
    seed = rng.getrandbits(32)
    return SandImage(
        image_id=image_id,
        kind=kind,
        seed=seed,
        width=width,
        height=height,
        format="png" if kind == "score" or (kind == "phone" and seed % 3 == 0) else "jpeg",
        words=_words(kind, channel, rng),
        quality=rng.choice((60, 72, 85, 90)),
        mark=mark if wish and wish.what == "mark" else None,
        lookalike=mark if wish and wish.what == "lookalike" else None,
        fault=wish.name if wish and wish.what == "fault" else None,
    )


def _kind(channel: Channel, wish: Wish | None, rng: Random) -> str:
    if wish and wish.what == "fault":
        return "classroom"
    usual: tuple[str, ...] = (
        ("score", "score", "field", "field") if channel.topic == "sports" else ("classroom", "classroom", "flyer")
    )
    return rng.choice(("flyer", "phone", *usual))


def _place(mark_id: str, kind: str, width: int, height: int, rng: Random) -> Placement:
    """Somewhere along the edge, 10 to 40% of the width; a long mark needs more room than a round one."""
    share = rng.uniform(0.27, 0.4) if ASPECT[mark_id] > 1 else rng.uniform(0.115, 0.26)
    size = max(SMALLEST_MARK, round(width * share))
    tall = round(size / ASPECT[mark_id])
    margin = round(width * 0.04)
    left = rng.choice((margin, width - size - margin))
    top = height - tall - margin if kind != "phone" and rng.random() < 0.6 else margin
    if kind == "phone":
        top = round(height * 0.56) - tall
    return Placement(mark_id, left, top, size, rng.choice((0.0, 0.0, 0.0, -7.0, -4.0, 5.0, 8.0)))


def _words(kind: str, channel: Channel, rng: Random) -> tuple[str, ...]:
    if kind == "score":
        own, other = sorted((rng.randrange(0, 42), rng.randrange(0, 42)), reverse=rng.random() < 0.7)
        return ("OTTERS", rng.choice(SLOTS["rival"]).upper(), str(own), str(other), rng.choice(SLOTS["team"]))
    if kind == "flyer":
        title = rng.choice(_TITLES.get(channel.topic, _TITLES["school"]))
        return (title, fill("{day}, {time}", rng), fill("in {place}", rng), rng.choice(_LINES), channel.name)
    if kind == "phone":
        return (channel.name, f"@{channel.handle}", fill(rng.choice(_SEEN), rng), fill("{time}", rng))
    if kind == "field":
        return (channel.name,)
    return (fill(rng.choice(_BOARD), rng),)


_TITLES = {
    "school": ("Open House", "Book Fair", "Spirit Week", "Family Math Night", "Science Evening"),
    "district": ("Budget Forum", "Meet the Committee", "Winter Coat Drive"),
    "sports": ("Homecoming Game", "Fall Tryouts", "Fun Run"),
    "science": ("Science Fair", "Robot Open Lab", "River Day"),
    "music": ("Fall Concert", "Band Night", "Sing Along"),
    "library": ("Book Swap", "Author Visit", "Read-a-Thon"),
    "art": ("Art Walk", "Clay Day", "Gallery Night"),
    "food": ("Taste Test", "Harvest Lunch"),
    "drama": ("Auditions", "Opening Night"),
}
_LINES = ("All families welcome", "Free, bring a friend", "Doors open early", "Volunteers needed", "Rain or shine")
_BOARD = ("7 x 8 = 56", "Today: {science}", "Be kind", "H2O", "Read p. {number}", "3/4 = 0.75")
_SEEN = ("See you on {day} in {place}!", "Thank you, {grade}!", "Bring a coat and a good question.")
