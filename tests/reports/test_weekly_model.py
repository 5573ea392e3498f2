"""The model of a week: what it counts, lists and leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from report_scene import MONDAY, SEAL, TERM, WEEK, ZONE, Scene, account, during, photograph

from records.errors import BadInput
from records.model import (
    Check,
    Comment,
    Completeness,
    Direction,
    Outcome,
    Platform,
    Post,
    Relationship,
    Tombstone,
)
from records.model import Gone as GoneState
from registry.values import Grant
from reports.changes import changes
from reports.labels import Labels
from reports.model import BlindSpot, LogoUse, PermittedUses, Sight, WeeklyReport
from reports.queries import Published
from reports.week import Week


def test_coverage_says_who_was_seen_since_when_not_and_what_to_do(busy_report: WeeklyReport) -> None:
    rows = [
        (r.account.handle, r.sight, r.since, r.noticed, r.why, r.todo, r.gap_hours)
        for r in busy_report.coverage.accounts
        if r.sight is not Sight.CAPTURED
    ]
    connect, ask = "IT connects the account again", "IT asks the owner again"
    assert rows == [
        ("mill_creek_1", Sight.DISCONNECTED, during(2), False, "The key is no longer accepted", connect, 109.0),
        ("mill_creek_9", Sight.REFUSED, MONDAY, True, "No verified, unexpired consent covers it", ask, 0.0),
    ]
    assert (busy_report.coverage.captured, len(busy_report.coverage.accounts)) == (7, 9)
    assert busy_report.coverage.gap_hours == 109.0


def test_what_a_platform_does_not_show_is_said_of_captured_accounts(busy_report: WeeklyReport) -> None:
    accounts = ("facebook:7", "facebook:8")
    spot = BlindSpot(Platform.FACEBOOK, Check.FOLLOWERS, Outcome.OK, Completeness.COUNT_ONLY, accounts)
    assert busy_report.coverage.blind_spots == (spot,)


def test_a_picture_that_cannot_be_opened_is_listed_and_never_clean(busy_report: WeeklyReport) -> None:
    (unseen,) = busy_report.coverage.unseen_images
    assert (unseen.account.handle, unseen.record_id, unseen.posted_at, unseen.reason) == (
        "mill_creek_5",
        "x:post:300",
        during(3),
        "The file is truncated",
    )


def test_uses_without_a_permission_are_listed_and_permitted_ones_are_counted(busy_report: WeeklyReport) -> None:
    listed = [(o.account.handle, o.judged.outcome if o.judged else None) for o in busy_report.observations("4.9")]
    assert listed == [
        ("mill_creek_1", "no_permission"),
        ("mill_creek_2", "expired"),
        ("mill_creek_3", "not_yet"),
        ("mill_creek_5", None),
    ]
    assert busy_report.permitted == (PermittedUses("District seal", 1),)
    assert [section.clause for section in busy_report.clauses] == ["4.2", "4.9"]


def test_an_observation_carries_its_evidence(busy_report: WeeklyReport) -> None:
    use = busy_report.observations("4.9")[0]
    assert isinstance(use, LogoUse)
    assert use.picture is not None and use.mark_picture is not None
    assert (use.rule, use.rule_version, use.box, use.posted_at, use.text, use.evidence) == (
        "logo-use",
        1,
        (620, 60, 800, 240),
        during(0),
        "Go Mill Creek! Game night 0 🎉",
        "batch 20261019-col, line 7",
    )


def test_the_archive_is_counted_in_all_and_for_the_week(busy_report: WeeklyReport) -> None:
    archived = busy_report.archived
    assert (archived.posts, archived.posts_in_week, archived.images, archived.images_in_week) == (30, 9, 6, 6)


def test_the_trend_begins_with_the_first_week_that_holds_a_record(busy_report: WeeklyReport) -> None:
    points = [(p.week.name, p.posts, p.to_look_at, p.covered) for p in busy_report.trend]
    assert points == [
        ("2026-W37", 5, 0, 0),
        ("2026-W38", 4, 0, 0),
        ("2026-W39", 3, 0, 0),
        ("2026-W40", 5, 0, 0),
        ("2026-W41", 4, 0, 0),
        ("2026-W42", 9, 4, 1),
    ]
    assert busy_report.trend[-1].due_hours - busy_report.trend[-1].seen_hours == 109.0


def test_an_observation_is_news_in_one_report_only(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    scene.follows(someone, "city_pizza", observed_at=MONDAY)
    reports = [scene.report(WEEK.back(n), MONDAY + timedelta(days=14)) for n in (1, 0, -1)]
    assert [len(report.observations()) for report in reports] == [0, 1, 0]


def test_gap_hours_count_only_the_time_of_consent_and_registration(scene: Scene) -> None:
    midweek = account(1, consent_ends=during(2, hour=4))
    scene.office.register(midweek)
    scene.checked(midweek, at=during(1, hour=4))
    (row,) = scene.report().coverage.accounts
    assert row.gap_hours == 24.0


def test_two_checks_with_a_hole_between_them_leave_the_hole_as_a_gap(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    scene.checked(someone, at=during(1))
    scene.checked(someone, at=during(4), since=during(2))
    scene.checked(someone, at=MONDAY, since=during(3))
    (row,) = scene.report().coverage.accounts
    assert (row.sight, row.gap_hours) == (Sight.CAPTURED, 24.0)


def test_a_later_check_closes_the_gap_of_an_earlier_week(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    scene.checked(someone, at=during(2))
    before = scene.report().coverage.gap_hours
    scene.checked(someone, at=MONDAY + timedelta(days=7), since=during(1))
    after = scene.report(now=MONDAY + timedelta(days=7)).coverage.gap_hours
    assert (before, after) == (109.0, 0.0)


def edited(post: Post, version_id: str, text: str, **changed: object) -> Post:
    return replace(post, version_id=version_id, text=text, **changed)


def test_an_edit_shows_the_words_before_and_after_it(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 1, "Concert on Friday", during(1))
    scene.fetched(MONDAY + timedelta(hours=1), edited(post, "2", "Concert on Saturday"))
    (edit,) = scene.report(now=MONDAY + timedelta(hours=2)).changes.edits
    assert (edit.kind, edit.before, edit.after, edit.posted_at) == (
        "post",
        "Concert on Friday",
        "Concert on Saturday",
        during(1),
    )


def test_an_earlier_version_that_is_found_later_still_stands_before(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 10, "Concert on Saturday", during(1))
    scene.fetched(MONDAY + timedelta(hours=1), edited(post, "9", "Concert on Friday"))
    (edit,) = scene.report(now=MONDAY + timedelta(hours=2)).changes.edits
    assert (edit.before, edit.after) == ("Concert on Friday", "Concert on Saturday")


def test_the_same_version_seen_with_another_link_is_no_edit(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 1, "Concert on Friday", during(1))
    scene.fetched(MONDAY + timedelta(hours=1), edited(post, "2", "Concert on Saturday"))
    next_week = MONDAY + timedelta(days=7)
    scene.fetched(next_week, edited(post, "1", "Concert on Friday", permalink="https://x.example/elsewhere"))
    assert len(scene.report(now=next_week).changes.edits) == 1
    assert scene.report(WEEK.back(-1), next_week).changes.edits == ()


def test_a_deleted_comment_is_listed_under_the_account_whose_post_it_answers(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 1, "Concert on Friday", during(1))
    comment = Comment(
        "x:comment:5", "5", Platform.X, None, post.record_id, None, "77", "a_parent", "A Parent", "See you!", during(2)
    )
    scene.fetched(during(2, hour=20), comment)
    for hour in (0, 1):
        scene.fetched(MONDAY + timedelta(hours=hour), Tombstone("x:comment:5", GoneState.DELETED, "not found"))
    report = scene.report(now=MONDAY + timedelta(hours=2))
    (gone,) = report.changes.removals
    assert gone.account is not None
    assert (gone.kind, gone.state, gone.account.handle, gone.text) == ("comment", "deleted", "mill_creek_1", "See you!")


class OnlyStaff:
    """A community that knows one member of staff."""

    roster_date = MONDAY

    def classify(self, counterpart_key: str, handle_key: str | None) -> str | None:
        return "staff" if counterpart_key == "hmac:1" else None


def test_new_followers_are_counted_by_class_and_never_named(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    followers = [
        Relationship(someone.account_id, Platform.X, Direction.INBOUND, "follow", f"hmac:{n}", None, None, True)
        for n in range(3)
    ]
    scene.fetched(MONDAY, *followers)
    with scene.published() as connection:
        labels = Labels(scene.office, scene.references)
        window = (WEEK.reads_from, WEEK.reads_to)
        found = changes(Published(connection), labels, window, {Platform.X: OnlyStaff()})
    assert found.new_followers == (("staff", 1), ("unknown", 2))


def test_permissions_given_and_ending_soon_are_shown(scene: Scene) -> None:
    given = Grant("g1", SEAL, None, "open house", TERM, MONDAY + timedelta(days=10), "superintendent", MONDAY, "asked")
    scene.office.decided = [given]
    assert [(p.what, p.mark_title, p.ends) for p in scene.report().permissions] == [
        ("given", "District seal", given.ends),
        ("ends soon", "District seal", given.ends),
    ]


def test_a_week_that_has_not_begun_is_refused(scene: Scene) -> None:
    with pytest.raises(BadInput, match=r"The week 2026-W44 has not begun\. Ask for 2026-W43 or earlier"):
        scene.report(Week.parse("2026-W44", ZONE))


def test_a_week_that_is_not_over_counts_no_hours_to_come(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    scene.checked(someone, at=during(2))
    report = scene.report(now=during(3))
    assert (report.over, report.coverage.gap_hours) == (False, 24.0)


def test_a_missing_file_of_a_picture_leaves_the_observation_standing(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 1, "Game night", during(1), photograph())
    seen = scene.marked(someone, post, photograph(), "no_permission")
    assert seen.media_sha256
    scene.landing.media_path(seen.media_sha256).unlink()
    (use,) = scene.report().observations()
    assert isinstance(use, LogoUse)
    assert use.picture is None
