"""Three weeks of the made-up district: what the pipeline has is what is so, nothing missed and nothing invented."""

from __future__ import annotations

from collections import Counter

from against_truth import differences, expected, observed, told
from made_up_district import District


def test_three_weekly_runs_know_exactly_what_is_so(district: District) -> None:
    captures = []
    for week in range(3):
        district.weeks_later(week)
        district.register()
        district.collect()
        district.detect()
        captures.append(district.now)
        so = told(captures)
        assert differences(observed(district), expected(so)) == {}
        outcomes = Counter(account.outcome for account in so.accounts)
        assert outcomes == {"ok": 21, "refused": 1, "disconnected": 2}
    assert {p.state for p in so.posts} == {c.state for c in so.comments} == {"present", "deleted"}
    assert {u.outcome for u in so.logo_uses} == {"permitted", "no_permission", "expired", "not_yet"}
    assert so.lookalike_uses and max(p.versions for p in so.posts) > 1


def test_a_second_run_at_the_same_moment_adds_no_version_and_fetches_no_picture_again(district: District) -> None:
    district.collect()
    tables = ("post_version", "comment_version", "media_item", "profile_version", "relationship")
    before = counts(district, tables)
    pictures = picture_requests(district)
    district.control("DELETE", "limits")
    district.collect()
    assert counts(district, tables) == before
    again = picture_requests(district) - pictures
    assert sum(again.values()) <= 1  # the one that the media host does not have is asked for once more


def counts(district: District, tables: tuple[str, ...]) -> dict[str, int]:
    return {table: district.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def picture_requests(district: District) -> Counter[str]:
    calls = district.control("GET", "calls")
    return Counter({path: n for path, n in calls.items() if "twimg" in path or "fbcdn" in path})
