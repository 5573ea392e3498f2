"""A permission that the superintendent gives empties the queue at once of what it covered when it was posted."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from datetime import time as of_day

from browser_kit import Open, Served
from playwright.sync_api import Page, expect

from console.reading.desk import Seen, desk
from registry.users import Role

Picture = Callable[[Page, str], None]
PATIENCE = 60.0
"""Seconds until the judgement has to be published; it takes a few."""


def uses(served: Served, mark: str) -> dict[str, Seen]:
    """The uses of a mark that were posted, as the published copy has them now."""
    seen = served.console.archive.once("desk", desk).seen
    return {each.observation_id: each for each in seen if each.subject == mark and each.posted_at}


def open_ones(seen: dict[str, Seen]) -> set[str]:
    return {each.observation_id for each in seen.values() if not each.settled}


def test_a_decision_judges_open_observations_at_once_and_by_when_they_were_posted(
    signed_in: Open, served: Served, picture: Picture
) -> None:
    before = uses(served, "district-seal")
    posted = sorted(each.posted_at for each in before.values() if each.posted_at and not each.settled)
    first = posted[len(posted) // 2].astimezone(served.console.zone).date()
    begins = datetime.combine(first, of_day(), served.console.zone)
    earlier = {key for key in open_ones(before) if (at := before[key].posted_at) and at < begins}
    covered = open_ones(before) - earlier
    assert earlier and covered
    page = signed_in(Role.SUPERINTENDENT, phone=True)
    page.goto("/superintendent/permissions/new")
    page.get_by_label("Mark or photograph").select_option("district-seal")
    page.get_by_label("What for").fill("The school year's posters")
    page.get_by_label("First day").fill(first.isoformat())
    picture(page, "superintendent-gives")
    page.get_by_role("button", name="Give").click()
    expect(page.get_by_role("status")).to_contain_text("is given")
    ends = time.monotonic() + PATIENCE
    while open_ones(uses(served, "district-seal")) != earlier and time.monotonic() < ends:
        time.sleep(0.2)
    assert open_ones(uses(served, "district-seal")) == earlier
    office = signed_in(Role.COMMUNICATIONS)
    nothing_to_do = office.get_by_text("Permitted when posted: nobody has to decide anything.")
    for key, told in ((min(earlier), 0), (min(covered), 1)):
        office.goto(f"/communications/observations/{key}")
        expect(nothing_to_do).to_have_count(told)
