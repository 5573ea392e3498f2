"""A platform that misbehaves costs one account one row of coverage; the next run is complete."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_up_district import District

from hallpass.pipeline import archive, collect
from registry import Registry

X, PAGE = "AFHS_Robotics", "afhsmusic"
OTHERS = ("LarkinBiology", "afpsfood")
KINDS = (("500", "nodata"), ("hang", "html"), ("reset", "empty"), ("html", "reset"), ("nodata", "hang"), ("429", "500"))


def accounts(district: District, *handles: str) -> list[str]:
    return [a for batch in collect.plan(district.settings) for a in batch if handle_of(district, a) in handles]


def handle_of(district: District, account_id: str) -> str:
    with Registry.open(district.settings.registry_url) as registry:
        return registry.account(account_id).handle


@pytest.fixture
def impatient(district: District) -> District:
    """A district that waits half a second, so that a platform that hangs costs a test little."""
    district.settings = replace(district.settings, timeout=0.5)
    return district


@pytest.mark.parametrize(("on_x", "on_facebook"), KINDS)
def test_a_fault_is_one_clear_line_of_coverage_and_the_next_run_is_complete(
    impatient: District, on_x: str, on_facebook: str
) -> None:
    district = impatient
    wanted = accounts(district, X, PAGE, *OTHERS)
    ids = {handle_of(district, a): a for a in wanted}
    for handle, kind in ((X, on_x), (PAGE, on_facebook)):
        path = f"/{ids[handle].partition(':')[2]}/(tweets|posts)"
        district.control("POST", "fault", {"match": path, "kind": kind, "times": 50})
    done = {one.handle: one for one in collect.collect(district.settings, wanted)}
    archive.archive(district.settings)

    throttled = on_x == "429"  # X counts by app, so its other accounts wait too
    assert {h: one.outcome for h, one in done.items()} == {
        X: "throttled" if throttled else "failed",
        PAGE: "failed",
        OTHERS[0]: "throttled" if throttled else "ok",
        OTHERS[1]: "ok",
    }
    assert all((done[handle].error or "\n").count("\n") == 0 for handle in (X, PAGE))
    assert posts_by(district, ids, X, PAGE) == 0 < posts_by(district, ids, *OTHERS)

    district.control("DELETE", "fault")
    district.control("DELETE", "limits")
    (district.settings.folder / "budget.sqlite").unlink()  # the windows that the faults told of
    again = {one.outcome for one in collect.collect(district.settings, wanted)}
    archive.archive(district.settings)
    assert again == {"ok"}
    assert posts_by(district, ids, X, PAGE) > 0
    assert district.rows("SELECT record_id FROM record_current GROUP BY record_id HAVING count(*) > 1") == []


def posts_by(district: District, ids: dict[str, str], *handles: str) -> int:
    ((count,),) = district.rows(
        "SELECT count(*) FROM post WHERE account_id IN (SELECT unnest(?))", [ids[h] for h in handles]
    )
    return count


def test_an_outage_never_makes_a_deletion(impatient: District) -> None:
    district = impatient
    wanted = accounts(district, X, PAGE)
    collect.collect(district.settings, wanted)
    archive.archive(district.settings)
    before = district.rows("SELECT record_id, state FROM record_current ORDER BY 1")
    for kind in ("500", "nodata", "reset", "500"):
        district.control("POST", "fault", {"match": "graph.facebook.com|api.twitter.com", "kind": kind, "times": 40})
        collect.collect(district.settings, wanted)
        district.control("DELETE", "fault")
    archive.archive(district.settings)
    assert district.rows("SELECT record_id, state FROM record_current ORDER BY 1") == before


def test_an_account_without_consent_is_never_asked_about(district: District) -> None:
    (account,) = accounts(district, "AFHS_Drama")
    (done,) = collect.collect(district.settings, [account])
    archive.archive(district.settings)
    assert done.outcome == "refused"
    assert {row[0] for row in district.rows("SELECT completeness FROM coverage WHERE account_id = ?", account)} == {
        "needs_consent"
    }
    asked = [entry for entry in district.control("GET", "log") if account.partition(":")[2] in str(entry)]
    assert asked == []
