"""The report's own words: what clauses, rules, outcomes and gaps are called, and how numbers and times are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

from records.model import Check, Completeness, Outcome, Platform
from reports.model import AccountCoverage, BlindSpot, CoverageSummary, OutsideRelationship, Seen, Sight, WeeklyReport
from reports.week import Week

EXCERPT = 280
LONG_WORD = 40

PLATFORMS = {Platform.X: "X", Platform.FACEBOOK: "Facebook"}

CLAUSES = {
    "4.2": (
        "Relationships with the educational community",
        (
            "An educational account is for people of the school community: staff, students and their families. The "
            "policy strongly recommends to stay within it. Listed are accounts that a registered account itself chose "
            "to follow or like and that are not known on the roster or on the superintendent's list of organisations."
        ),
    ),
    "4.3": (
        "Privacy of students and staff",
        "What the law protects about students, and about staff as employees, is not exposed online.",
    ),
    "4.9": (
        "The district's logo and property",
        (
            "The district's logo, likeness, photographs and other property are used with the superintendent's express "
            "permission. Listed are pictures in which a registered mark or one of the district's photographs was "
            "recognised while no permission was in force at the time of the post."
        ),
    ),
}

OUTCOMES = {
    "no_permission": ("No permission found", "No permission was in force when this was posted."),
    "expired": ("Permission had ended", "A permission had ended when this was posted."),
    "not_yet": ("Permission began later", "A permission began only after this was posted."),
    "outside_community": ("Not known on the roster", "The other side is not known on the roster."),
    None: ("Not judged yet", "The registry has not been asked about this yet."),
}

MATCHED = (
    "Matched exactly by handle and platform id; "
    "not known on the roster is common for families without a recorded handle."
)
"""How sure a relationship is: the look-up is exact, yet absence from a roster proves nothing."""

REVIEWS = {
    "new": "back to new",
    "in_review": "into review",
    "dismissed": "dismissed",
    "contacted": "staff contacted",
    "referred": "referred",
    "closed": "closed",
}

CHECKS = {
    Check.PROFILE: "profile",
    Check.POSTS: "posts",
    Check.COMMENTS: "comments",
    Check.FOLLOWERS: "followers",
    Check.FOLLOWING: "accounts followed",
    Check.RECHECK: "edits and deletions",
    Check.MEDIA: "pictures",
}

SEEN = {
    Completeness.FULL: "all of it",
    Completeness.PARTIAL: "a part",
    Completeness.COUNT_ONLY: "a count only",
    Completeness.NONE: "nothing",
    Completeness.NEEDS_CONSENT: "nothing without consent",
}

_WHY_NOT = {
    (Platform.FACEBOOK, Check.FOLLOWERS): "Facebook tells how many follow a Page, never who.",
    (Platform.FACEBOOK, Check.FOLLOWING): "Facebook shows the Pages that a Page likes, and no more.",
    (Platform.FACEBOOK, Check.COMMENTS): "Facebook shows comments as far as the Page's own permission reaches.",
    (Platform.X, Check.COMMENTS): "X finds replies of the last seven days; older ones at the first look only.",
    (Platform.X, Check.POSTS): "X shows the newest 3,200 posts of an account.",
    (Platform.X, Check.MEDIA): "Some pictures could not be fetched; they are listed below.",
    (Platform.FACEBOOK, Check.MEDIA): "Some pictures could not be fetched; they are listed below.",
}

_WHY_ENDED = {
    Outcome.THROTTLED: "The platform's limit or the district's budget was used up; it goes on by itself.",
    Outcome.FAILED: "The platform did not answer properly; it is tried again by itself.",
    Outcome.DISCONNECTED: "The connection lacks a permission; IT has to act.",
    Outcome.REFUSED: "No consent is in force.",
    Outcome.NOT_OBSERVABLE: "The platform does not show it on this route.",
}

GLOSSARY = (
    ("Observation", "Something that a rule noticed. It says nothing about right or wrong: a person looks and decides."),
    ("Captured", "The account's posts were collected, and the check vouches for the time up to its last run."),
    ("Disconnected", "Nothing can be read until somebody acts: a key has died, or the account is suspended."),
    ("Refused", "Nothing was collected, because no verified consent that is still in force covers the account."),
    ("Hours of gap", "Hours of the week that no check of posts vouches for, over all accounts that were to be seen."),
    ("Not observable", "What a platform does not show, or a picture that cannot be opened. It never counts as clean."),
    ("Community", "Staff, students and families on the roster, schools, and organisations that are accepted."),
    ("Permission in force", "A decision of the superintendent for a mark, an account and the moment of the post."),
    ("Deleted", "Two separate answers of the platform said that the record is gone. An outage never counts."),
)

_CHOSEN = {"follow": "followed", "like": "liked"}

_CLOSING = {"(": ")", "[": "]", "{": "}"}

SURENESS = ((0.95, "very sure"), (0.8, "quite sure"), (0.5, "fairly sure"), (0.0, "unsure"))


def counted(number: int, one: str, many: str = "") -> str:
    """``number`` with its noun: ``no posts``, ``1 post``, ``1,204 posts``."""
    return f"{f'{number:,}' if number else 'no'} {noun(number, one, many)}"


def noun(number: int, one: str, many: str = "") -> str:
    """The noun that stands after ``number``."""
    return one if number == 1 else many or f"{one}s"


def sentence(text: str) -> str:
    """``text`` with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def further(number: int) -> str:
    """That ``number`` observations are not shown, and where they are."""
    return f"{counted(number, 'further observation is', 'further observations are')} in the report's data."


def listed(parts: Iterable[str]) -> str:
    """``a, b and c``."""
    *first, last = [*parts] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def hours(number: float) -> str:
    """Whole hours; less than one is ``under 1``, so that a gap is never written as none."""
    return "under 1" if 0 < number < 1 else f"{number:,.0f}"


def hours_of(number: float) -> str:
    """Hours with their noun."""
    return f"{hours(number)} {'hour' if hours(number) in ('1', 'under 1') else 'hours'}"


def dollars(amount: float) -> str:
    """An amount of US dollars and cents; less than a cent is ``under $0.01``, so that it is never written as none."""
    return "under $0.01" if 0 < amount < 0.01 else f"${amount:,.2f}"


def share(part: float | None) -> str:
    """A share of one as a percentage, rounded down, so that only all of it is 100%."""
    return "none due" if part is None else f"{int(part * 100 + 1e-9)}%"


def excerpt(text: str, length: int = EXCERPT) -> str:
    """``text`` on one line, cut at a word where it is longer than ``length`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{_head(line, length)}… ({len(text):,} characters in all)"


def reason(text: str, length: int) -> str:
    """``text`` on one line, cut like an excerpt; brackets that the cut left open are closed."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    head = _head(line, length)
    return f"{head}…{_closing(head)}"


def difference(before: str, after: str, length: int = EXCERPT) -> tuple[str, str]:
    """Both texts on one line each, cut like excerpts, so that the place where they part is shown."""
    old, new = (" ".join(text.split()) for text in (before, after))
    if old == new:
        return excerpt(old, length), "The same words, spaced differently"
    if len(old) <= length and len(new) <= length:
        return old, new
    parting = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, parting - length // 3)
    space = old.rfind(" ", max(0, start - LONG_WORD), start)
    start = space + 1 if space >= 0 else start
    return _from(old, start, length), _from(new, start, length)


def _from(line: str, start: int, length: int) -> str:
    part = line[start:]
    cut = f"{_head(part, length)}…" if len(part) > length else part
    whole = f" ({len(line):,} characters in all)" if len(line) > length else ""
    return f"{'…' if start else ''}{cut}{whole}"


def _head(line: str, length: int) -> str:
    head = line[:length]
    return head.rsplit(" ", 1)[0] if " " in head[length // 2 :] else head


def _closing(text: str) -> str:
    """The brackets that ``text`` still needs, the innermost first."""
    needed: list[str] = []
    for character in text:
        if character in _CLOSING:
            needed.append(_CLOSING[character])
        elif needed and character == needed[-1]:
            needed.pop()
    return "".join(reversed(needed))


def moment(at: datetime | None, zone: tzinfo) -> str:
    """A moment by the district's clocks: ``Mon 12 Oct 2026, 07:00``."""
    return f"{at.astimezone(zone):%a %-d %b %Y, %H:%M}" if at else "unknown"


def day(at: datetime | None, zone: tzinfo) -> str:
    """A day by the district's calendar: ``12 Oct 2026``."""
    return f"{at.astimezone(zone):%-d %b %Y}" if at else "unknown"


def age(since: datetime, now: datetime) -> str:
    """How long something has waited: ``21 days``."""
    return counted((now - since).days, "day")


def last_day(end: datetime, zone: tzinfo) -> str:
    """The last day that lies before ``end``, which is itself not included."""
    return day(end - timedelta.resolution, zone)


def roster_day(day: str) -> str:
    """A roster's ISO date as a day; what is not known says so."""
    return f"{date.fromisoformat(day):%-d %b %Y}" if day else "no roster was imported"


def days_of(week: Week) -> str:
    """Monday to Sunday: ``12–18 October 2026``, with the month or year twice where they differ."""
    first, last = week.monday, week.monday + timedelta(days=6)
    if first.year != last.year:
        return f"{first:%-d %B %Y} – {last:%-d %B %Y}"
    if first.month != last.month:
        return f"{first:%-d %B} – {last:%-d %B %Y}"
    return f"{first.day}–{last:%-d %B %Y}"


def sureness(confidence: float) -> str:
    """A detector's confidence in words, with the number behind it."""
    word = next(word for least, word in SURENESS if confidence >= least)
    return f"{word} ({confidence * 100:.0f} of 100)"


def clause_title(clause: str) -> str:
    """``Clause 4.9: the district's logo …``."""
    title, _ = CLAUSES.get(clause, ("", ""))
    return f"Clause {clause}: {title}" if title else f"Clause {clause}"


def state(row: AccountCoverage, zone: tzinfo) -> str:
    """What is wrong with an account that cannot be seen, and from when that is known."""
    if row.sight is Sight.NOT_CHECKED:
        return f"never checked, registered {moment(row.since, zone)}"
    if row.noticed and row.since:
        return f"{row.sight}, noticed {row.since.astimezone(zone):%a %-d %b %Y}"
    return f"{row.sight}, last seen {moment(row.since, zone)}"


def why_unseen(spot: BlindSpot) -> str:
    """Why something was not fully seen."""
    if spot.outcome is not Outcome.OK:
        return _WHY_ENDED[spot.outcome]
    return _WHY_NOT.get((spot.platform, spot.check), "The platform shows no more on this route.")


def sight(coverage: CoverageSummary) -> str:
    """What could be seen: ``22 of 24 registered accounts, with 31 hours of gap``."""
    return f"{_captured(coverage)}, {gap(coverage)}"


def could_be_seen(coverage: CoverageSummary) -> str:
    """``22 of 24 registered accounts could be seen, with 31 hours of gap``."""
    return sentence(f"{_captured(coverage)} could be seen, {gap(coverage)}")


def gap(coverage: CoverageSummary) -> str:
    """The hours of gap as the end of a sentence."""
    return f"with {hours_of(coverage.gap_hours)} of gap" if coverage.gap_hours else "without a gap"


def nothing(what: str, coverage: CoverageSummary) -> str:
    """``what`` was not found, as far as it could be seen; never without what was not seen."""
    if not coverage.captured:
        return f"Nothing can be said here: {_captured(coverage)} could be seen, {gap(coverage)}."
    limits = [
        counted(len(coverage.blind_spots), "kind of check", "kinds of check") if coverage.blind_spots else "",
        counted(unseen, "picture") if (unseen := len(coverage.unseen_images) + coverage.images_waiting) else "",
    ]
    beside = listed(limit for limit in limits if limit)
    return f"{what} in what could be seen: {sight(coverage)}." + (f" Not seen in full: {beside}." if beside else "")


def headline(report: WeeklyReport) -> str:
    """The one sentence for the week."""
    coverage = report.coverage
    if not coverage.accounts:
        return "No account is registered yet, so nothing was collected and nothing can be said about the week."
    seen = could_be_seen(coverage)
    waiting = _waiting(report.observations())
    if waiting:
        return f"{seen}; {waiting} for a person to look at."
    if not coverage.captured:
        return f"{seen}; what happened there in the meantime is not known."
    return f"{seen}; in what was seen, nothing new needs a person."


def _captured(coverage: CoverageSummary) -> str:
    accounts = counted(len(coverage.accounts), "registered account")
    return f"{coverage.captured:,} of {accounts}" if coverage.captured else f"none of {accounts}"


def _waiting(observations: tuple[Seen, ...]) -> str:
    """``4 uses of a district mark or photograph and 1 followed account … wait``, empty for none."""
    related = [seen for seen in observations if isinstance(seen, OutsideRelationship)]
    uses = len(observations) - len(related)
    parts = (
        [counted(uses, "use of a district mark or photograph", "uses of a district mark or photograph")] if uses else []
    )
    parts += [not_known(related)] if related else []
    return f"{listed(parts)} {'waits' if len(observations) == 1 else 'wait'}" if parts else ""


def not_known(related: Sequence[OutsideRelationship]) -> str:
    """``2 followed or liked accounts that are not known on the roster``."""
    kinds = {seen.kind for seen in related}
    chosen = " or ".join(word for kind, word in _CHOSEN.items() if kind in kinds)
    account, accounts = (
        f"{chosen} {plural} not known on the roster" for plural in ("account that is", "accounts that are")
    )
    return counted(len(related), account, accounts)
