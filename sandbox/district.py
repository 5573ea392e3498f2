"""The district itself: schools, people, registered accounts, accepted organisations and permissions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from sandbox.clock import snowflake
from sandbox.names import FAMILY, GIVEN
from sandbox.things import Grant, Organisation, Person, Registration, School

HIGH, MIDDLE, ELEMENTARY, OFFICE = "afps-high", "afps-millrace", "afps-stonebridge", "afps"
SCHOOLS = (
    School(OFFICE, "Alder Falls Public Schools", "district"),
    School(HIGH, "Alder Falls High School", "school", OFFICE),
    School(MIDDLE, "Millrace Middle School", "school", OFFICE),
    School(ELEMENTARY, "Stonebridge Elementary School", "school", OFFICE),
)
MAIL = "alderfalls.example"
STAFF, STUDENTS, GUARDIANS = 40, 180, 250
_LONGEST_ON_X = 15
SUPERINTENDENT = "Superintendent of Schools"


@dataclass(frozen=True, slots=True)
class Channel:
    """One registered account as its owner would describe it; ``topic`` chooses what it writes about."""

    platform: str
    handle: str
    name: str
    owner: int
    school: str
    topic: str
    bio: str


CHANNELS = (
    Channel("x", "AlderFallsPS", "Alder Falls Public Schools", 2, OFFICE, "district", "News of our three schools."),
    Channel("x", "AFHS_News", "Alder Falls High", 4, HIGH, "school", "Official account of Alder Falls High School."),
    Channel("x", "AFHS_Otters", "AFHS Athletics", 5, HIGH, "sports", "Scores and schedules. Go Otters!"),
    Channel(
        "x", "AFHS_Robotics", "AFHS Robotics Team 0417", 9, HIGH, "science", "We build things that sometimes work."
    ),
    Channel("x", "AFHS_Band", "AFHS Marching Band", 10, HIGH, "music", "Marching, jazz and concert band."),
    Channel("x", "LarkinBiology", "Ms. Larkin | Biology", 11, HIGH, "science", "Biology in room 214. School account."),
    Channel("x", "AFHS_Library", "AFHS Library", 12, HIGH, "library", "Books, quiet and good questions."),
    Channel("x", "MillraceMS", "Millrace Middle School", 16, MIDDLE, "school", "Grades 6 to 8, by the old mill."),
    Channel("x", "MillraceArt", "Millrace Art Room", 18, MIDDLE, "art", "Student art from room 9."),
    Channel("x", "MillraceXC", "Millrace Cross Country", 19, MIDDLE, "sports", "Running by the river."),
    Channel("x", "StonebridgeElem", "Stonebridge Elementary", 26, ELEMENTARY, "school", "Small bridge, big ideas."),
    Channel("x", "Stonebridge_Gr4", "Grade 4 at Stonebridge", 28, ELEMENTARY, "class", "What grade 4 is up to."),
    Channel("x", "AFHS_Drama", "AFHS Drama Club", 13, HIGH, "drama", "Two plays a year and a musical."),
    Channel("facebook", "alderfallsps", "Alder Falls Public Schools", 2, OFFICE, "district", "News of our schools."),
    Channel("facebook", "alderfallshigh", "Alder Falls High School", 4, HIGH, "school", "Home of the Otters."),
    Channel("facebook", "afhsathletics", "AFHS Athletics", 5, HIGH, "sports", "All teams, all seasons."),
    Channel("facebook", "afhsmusic", "AFHS Music", 10, HIGH, "music", "Choirs, bands and orchestra."),
    Channel("facebook", "millracemiddle", "Millrace Middle School", 16, MIDDLE, "school", "Grades 6 to 8."),
    Channel("facebook", "millracescience", "Millrace Science Fair", 20, MIDDLE, "science", "Ask, test, tell."),
    Channel("facebook", "stonebridgeelementary", "Stonebridge Elementary", 26, ELEMENTARY, "school", "K to 5."),
    Channel("facebook", "stonebridgekinder", "Stonebridge Kindergarten", 29, ELEMENTARY, "class", "Our first year."),
    Channel("facebook", "afpsfood", "AFPS Food Services", 35, OFFICE, "food", "What is for lunch, and why."),
    Channel("facebook", "afpslibraries", "AFPS School Libraries", 12, OFFICE, "library", "Three libraries, one card."),
    Channel("facebook", "afpsadulted", "AFPS Adult Education", 36, OFFICE, "class", "Evening courses for grown-ups."),
)
_LARKIN = 11
"""The member of staff whose name is in her account's handle."""

EXPIRED, SUSPENDED, TOKEN_DEAD = "AFHS_Drama", "MillraceXC", "afpsadulted"
"""The handles of the three accounts that cannot be collected."""

_ORGANISATIONS = (
    ("x", "AlderFallsPTO", "Alder Falls Parent Teacher Organization", "parents' organisation of all schools"),
    ("x", "AlderFallsLib", "Alder Falls Public Library", "the city's library, homework help"),
    ("x", "StateEdDept", "State Department of Education", "rules and dates that schools pass on"),
    ("x", "CityAlderFalls", "City of Alder Falls", "snow days, roads, elections in the gyms"),
    ("x", "AlderFallsRec", "Alder Falls Recreation Department", "shares fields and the pool"),
    ("x", "RiverbendEdFund", "Riverbend Education Fund", "pays for class grants"),
    ("facebook", "alderfallspto", "Alder Falls PTO", "parents' organisation of all schools"),
    ("facebook", "alderfallslibrary", "Alder Falls Public Library", "the city's library"),
    ("facebook", "cityofalderfalls", "City of Alder Falls", "city notices"),
    ("facebook", "alderfallsrecreation", "Alder Falls Recreation", "shares fields and the pool"),
)


@dataclass(frozen=True, slots=True)
class District:
    """What is so before anything happens."""

    schools: tuple[School, ...]
    people: tuple[Person, ...]
    registrations: tuple[Registration, ...]
    organisations: tuple[Organisation, ...]
    grants: tuple[Grant, ...]


def day(year: int, month: int, number: int) -> datetime:
    """Midnight UTC."""
    return datetime(year, month, number, tzinfo=UTC)


def found(seed: int) -> District:
    """The district of ``seed``."""
    rng = Random(f"{seed}/district")
    people = _people(rng)
    return District(SCHOOLS, people, tuple(_registrations(rng)), tuple(_organisations(rng)), tuple(_grants()))


def channel_of(registration: Registration) -> Channel:
    """How the owner of a registered account describes it."""
    return next(c for c in CHANNELS if (c.platform, c.handle) == (registration.platform, registration.handle))


def _people(rng: Random) -> tuple[Person, ...]:
    taken: set[str] = set()
    staff = [_person(rng, taken, "staff", n, _staff_role(n), _staff_schools(n)) for n in range(1, STAFF + 1)]
    staff[_LARKIN - 1] = replace(staff[_LARKIN - 1], given_name="Lara", family_name="Larkin")
    staff = [replace(p, handles=tuple(_staff_handles(rng, n, p))) for n, p in enumerate(staff, 1)]
    guardians = [_person(rng, taken, "guardian", n, "guardian", ()) for n in range(1, GUARDIANS + 1)]
    students = [_student(rng, taken, n, guardians) for n in range(1, STUDENTS + 1)]
    return (*staff, *students, *_with_schools(guardians, students))


def _person(rng: Random, taken: set[str], kind: str, n: int, role: str, schools: tuple[str, ...]) -> Person:
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    username = _unused(f"{given[0]}{family}".lower().replace("'", ""), taken)
    return Person(f"{kind}-{n:03}", role, given, family, schools, username, f"{username}@{MAIL}")


def _unused(name: str, taken: set[str]) -> str:
    plain = name.translate(str.maketrans("äåéëñü", "aaeenu"))
    free = next(c for c in (plain, *(f"{plain}{n}" for n in range(2, 99))) if c not in taken)
    taken.add(free)
    return free


def _staff_role(n: int) -> str:
    if n in (1, 2, 3, 4, 16, 26):
        return "administrator"
    return "aide" if n > 36 else "teacher"


def _staff_schools(n: int) -> tuple[str, ...]:
    if n <= 3 or n in (35, 36):
        return (OFFICE,)
    return (HIGH,) if n < 16 else (MIDDLE,) if n < 26 else (ELEMENTARY,)


def _staff_handles(rng: Random, n: int, person: Person) -> Iterator[tuple[str, str]]:
    """Three in five have told the office the handle that they use for school; some in another case than X shows."""
    given, family = _ascii(person.given_name), _ascii(person.family_name.replace("'", ""))
    title = rng.choice(("Dr", "Mx", "Coach"))
    forms = (f"{title}{family}{n}", f"{title}_{family}_{n}", f"{given}{family}{n}")
    handle = rng.choice([form for form in forms if len(form) <= _LONGEST_ON_X] or [f"{family}{n}"])
    if n % 5 in (1, 3, 4):
        yield "x", handle.lower() if n % 10 == 4 else handle
    if n % 10 == 2:
        yield "facebook", f"{given}.{family}.{n}".lower()


def _ascii(handle: str) -> str:
    return handle.translate(str.maketrans("ëéñüÅå", "eenuAa"))


def _student(rng: Random, taken: set[str], n: int, guardians: list[Person]) -> Person:
    school = HIGH if n <= 70 else MIDDLE if n <= 125 else ELEMENTARY
    first = guardians[(n - 1) % GUARDIANS]
    second = [guardians[STUDENTS + n - 1]] if STUDENTS + n <= GUARDIANS else []
    student = _person(rng, taken, "student", n, "student", (school,))
    student = replace(student, family_name=first.family_name, agents=tuple(g.sourced_id for g in (first, *second)))
    if n <= 70 and n % 9 == 0:
        return replace(student, handles=(("x", f"{_ascii(student.given_name).lower()}_{n}_afhs"),))
    return student


def _with_schools(guardians: list[Person], students: list[Person]) -> Iterator[Person]:
    schools = {agent: student.school_ids for student in students for agent in student.agents}
    for n, guardian in enumerate(guardians, 1):
        handles = (("x", f"{_ascii(guardian.given_name)}{n}Family"),) if n % 21 == 0 else ()
        yield replace(guardian, school_ids=schools[guardian.sourced_id], handles=handles)


def _registrations(rng: Random) -> Iterator[Registration]:
    registered = day(2026, 8, 17)
    for n, channel in enumerate(CHANNELS):
        on_x = channel.platform == "x"
        joined = day(2017, 3, 1) + timedelta(days=97 * n, seconds=rng.randrange(86400))
        page = page_id(rng)
        yield Registration(
            platform=channel.platform,
            platform_id=snowflake(joined, rng.getrandbits(22)) if on_x else page,
            handle=channel.handle,
            owner_id=f"staff-{channel.owner:03}",
            school_id=channel.school,
            purpose=channel.bio,
            credential="hallpass_x" if on_x else f"hallpass_facebook_{page}",
            registered_at=registered,
            consent_verified_at=registered + timedelta(days=n % 10, hours=14),
            consent_expires_at=day(2026, 10, 1) if channel.handle == EXPIRED else day(2027, 8, 31),
            suspended_at=day(2026, 9, 30) if channel.handle == SUSPENDED else None,
            token_died_at=day(2026, 10, 8) if channel.handle == TOKEN_DEAD else None,
            fans=0 if on_x else rng.randrange(120, 1900),
        )


def _organisations(rng: Random) -> Iterator[Organisation]:
    for n, (platform, handle, title, why) in enumerate(_ORGANISATIONS):
        joined = day(2014, 5, 1) + timedelta(days=83 * n, seconds=rng.randrange(86400))
        number = snowflake(joined, rng.getrandbits(22)) if platform == "x" else page_id(rng)
        yield Organisation(platform, number, handle, title, SUPERINTENDENT, why)


def page_id(rng: Random) -> str:
    """A new number for a Page, of 15 digits."""
    return str(rng.randrange(100_000_000_000_000, 999_999_999_999_999))


def _grants() -> Iterable[Grant]:
    """Permissions such that every answer comes out. They begin and end on Mondays; marks are posted from Tuesday on."""
    standing, year = day(2025, 8, 18), day(2027, 6, 28)
    decided = SUPERINTENDENT
    return (
        Grant("district-seal", "AlderFallsPS", "x", "district notices", standing, None, decided, "district channel"),
        Grant("district-seal", "alderfallsps", "facebook", "district notices", standing, None, decided, "as on X"),
        Grant("district-seal", "AFHS_News", "x", "175th birthday", standing, day(2026, 9, 21), decided, "jubilee"),
        Grant("otter-mascot", "AFHS_Otters", "x", "team news", standing, year, decided, "athletics uses the mascot"),
        Grant("otter-mascot", "afhsathletics", "facebook", "team news", standing, year, decided, "as on X"),
        Grant(
            "otter-mascot", "AFHS_Band", "x", "half-time shows", day(2026, 10, 12), year, decided, "after the try-out"
        ),
        Grant("otter-mascot", "MillraceMS", "x", "moving-up day", standing, day(2026, 8, 31), decided, "one event"),
        Grant(
            "wordmark", "all", "", "spirit week", day(2026, 10, 5), day(2026, 10, 12), decided, "all schools join in"
        ),
    )
