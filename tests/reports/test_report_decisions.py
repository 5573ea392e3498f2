"""What stands beside the archive: money, mail, reviews, requests, agreement with the rules, and the ledger."""

from __future__ import annotations

import base64
from dataclasses import replace

from report_scene import BESIDE, ROOT, TERM, Scene, account, during, photograph

from records.model import Observation
from registry.reviews import Review
from reports import html
from reports.compose import compose
from reports.data import to_json
from reports.model import Accuracy, Pending, WeeklyReport
from reports.parts import school_part, schools


def review(seen: Observation, state: str) -> Review:
    return Review(
        observation_id=seen.observation_id,
        rule=seen.rule,
        account_id=seen.account_id,
        subject=seen.subject,
        group="",
        state=state,
        reason="",
        note="",
        by="dana",
        at=during(3),
        version=1,
    )


def decided(scene: Scene) -> WeeklyReport:
    """A week with four uses: one new, one in review, one dismissed, one of an earlier week confirmed."""
    someone = account(1)
    scene.office.register(someone)
    scene.checked(someone)
    seen = []
    for n, day in enumerate((1, 1, 1, -6, -6)):
        picture = photograph(str(n))
        post = scene.posted(someone, n, f"Game night {n}", during(day), picture)
        seen.append(scene.marked(someone, post, picture, "no_permission", observed_at=during(day + 1)))
    states = {1: "in_review", 2: "dismissed", 3: "contacted"}
    reviews = {seen[n].observation_id: review(seen[n], state) for n, state in states.items()}
    return scene.report(beside=replace(BESIDE, reviews=reviews))


def test_what_a_person_has_decided_on_neither_waits_nor_is_new(scene: Scene) -> None:
    report = decided(scene)
    assert (len(report.observations()), report.settled) == (2, 1)
    assert [(each.clause, each.count) for each in report.waiting] == [("4.9", 1)]
    assert report.decided == (("contacted", 1), ("dismissed", 1), ("in_review", 1))
    text = html.render(report)
    assert "1 new observation was decided on by a person already and not listed." in text
    assert "Reviewers moved observations: staff contacted 1, dismissed 1 and into review 1." in text


def test_permissions_refused_and_asked_for_are_told_with_their_age(scene: Scene) -> None:
    report = decided(scene)
    assert [(each.what, each.mark_title, each.by) for each in report.permissions] == [
        ("refused", "District seal", "head")
    ]
    assert report.pending == Pending(1, TERM)
    assert "1 request for a permission waits for the superintendent, the oldest since 7 Sep 2026 (42 days)." in (
        html.render(report)
    )


def test_agreement_is_never_told_without_its_interval_and_number(scene: Scene) -> None:
    report = decided(scene)
    (told,) = report.accuracy
    assert (told.rule, told.right, told.decided) == ("logo-use", 18, 20)
    assert (round(told.low, 3), round(told.high, 3)) == (0.699, 0.972)
    page = html.render(report)
    assert "69% to 97%" in page and "With fewer than 30 decisions the interval is wide" in page
    many = replace(report, accuracy=(Accuracy("logo-use", 90, 100, 0.82, 0.94),))
    assert "the interval is wide" not in html.render(many)
    assert "so it is not known" in html.render(replace(report, accuracy=()))


def test_money_mail_and_ledger_stand_in_the_report(scene: Scene) -> None:
    report = decided(scene)
    page = html.render(report)
    assert (
        "X has cost $12.50 of the $100.00 that it may cost in October 2026 so far: 87% of the budget is left." in page
    )
    assert "1 mail of the last seven days was refused by the recipient&#39;s server, 2 wait for another try." in page
    assert f"41 batches, root {base64.b64encode(bytes.fromhex(ROOT)).decode()}" in page.replace("&#43;", "+")
    assert b'"ledger": {\n  "size": 41' in to_json(report)


def test_a_school_hears_nothing_of_the_districts_money_mail_and_decisions(scene: Scene) -> None:
    report = decided(scene)
    (school,) = schools(report)
    page = html.render(school_part(report, school))
    assert not any(word in page for word in ("X has cost", "mail of the last", "Reviewers moved", "agreed with"))


def test_the_sections_stand_in_the_offices_order(scene: Scene) -> None:
    titles = [section.title for section in compose(decided(scene)).sections]
    assert titles == [
        "At a glance",
        "What could be seen",
        "For a person to look at",
        "What waits",
        "Decisions",
        "What changed",
        "How often reviewers agreed with the rules",
        "The district over 2 weeks",
        "How to read this report",
    ]


def test_nothing_that_was_not_asked_is_spoken_of(quiet_report: WeeklyReport) -> None:
    page = html.render(quiet_report)
    assert "X has cost" not in page and "request for a permission" not in page
    assert "nothing was signed" in page
