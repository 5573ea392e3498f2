"""One observation's page: what was seen beside the mark, the record with its versions, the registry, the proof."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from console_scene import PASSWORD, Client, Visitor, words
from PIL import Image
from review_scene import BOX, POSTED_AT, SEEN_AT, ReviewScene, picture

from records.model import Observation
from registry.looks import IDENTITY, OBSERVATION
from registry.users import Role, UserDraft

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> </main> {{ 7*7 }}"


@pytest.fixture
def noor(client: Callable[[Role], Client]) -> Client:
    return client(Role.COMMUNICATIONS)


@pytest.fixture
def second(review: ReviewScene, visitor: Visitor) -> Client:
    draft = UserDraft("abel", "Abel Second", frozenset({Role.COMMUNICATIONS}))
    review.console.registry.users.add(draft, "test", SEEN_AT, PASSWORD)
    browser = visitor()
    assert browser.submit("/sign-in", login="abel", password=PASSWORD).status_code == 303
    return browser


def path(seen: Observation) -> str:
    return f"/communications/observations/{seen.observation_id}"


def used(review: ReviewScene, text: str = "Game night") -> Observation:
    """The seal in an edited and then deleted post, with two strangers' comments under it."""
    shown = picture("one")
    post = review.posted(1, text, shown=shown)
    review.edited(post, f"{text}, now at 8")
    review.commented(post, 11, "Will there be a bus?", "Greta Whitlock", "greta_w11")
    review.commented(post, 12, "Ask @greta_w11!", "Odette Kalu", "odette_k12")
    seen = review.marked(post, shown)
    review.deleted(post)
    review.publish()
    return seen


def test_the_page_holds_all_that_a_person_needs_to_decide(noor: Client, review: ReviewScene) -> None:
    seen = used(review)
    account = review.accounts[0]
    told = words(noor.get(path(seen)))
    for expected in (
        "Clause 4.9 · The district's logo and property",
        "District seal in a picture",
        f"@{account.handle}",
        "logo-use, version 1",
        "very sure (97 of 100)",
        "Posted October 14, 2026, 12:00 PM",
        "No permission is on record for this account",
        "used with the superintendent's express permission",
        "Deleted",
        "2 versions",
        "You are the first to open it.",
        "Nobody has moved it yet.",
    ):
        assert expected in told


def test_versions_are_compared_by_more_than_colour(noor: Client, review: ReviewScene) -> None:
    page = noor.get(path(used(review))).text
    added = re.findall(r"<ins><span class=\"hidden\"> \[added:\] </span>(.*?)<span", page)
    assert added == [", now at 8"]


def test_the_proof_names_the_landed_line_and_how_to_verify_it(noor: Client, review: ReviewScene) -> None:
    seen = used(review)
    assert seen.evidence and seen.media_sha256
    told = words(noor.get(path(seen)))
    batch = next(each for each in review.landing.batches() if each.batch_id == seen.evidence.batch_id)
    ((line, envelope),) = review.landing.read(batch)
    assert batch.path.relative_to(review.console.folder).as_posix() in told
    assert hashlib.sha256(envelope.body).hexdigest() in told
    for expected in (batch.sha256, seen.media_sha256, "hallpass verify", f"sed -n {line + 1}p"):
        assert expected in told


def test_markup_in_a_post_and_a_comment_is_shown_as_text(noor: Client, review: ReviewScene) -> None:
    shown = picture()
    post = review.posted(1, HOSTILE, shown=shown)
    review.edited(post, f"{HOSTILE}<b>now</b>")
    review.commented(post, 11, HOSTILE, HOSTILE, "stranger")
    seen = review.marked(post, shown)
    review.publish()
    answer = noor.get(path(seen))
    assert HOSTILE in words(answer)
    assert "<script>alert" not in answer.text
    assert "onerror=alert(2)>" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_what_was_in_force_at_the_post_and_today_are_both_asked_of_the_registry(
    noor: Client, review: ReviewScene
) -> None:
    seen = used(review)
    registry, day = review.console.registry, timedelta(days=1)
    registry.add_grant(
        "district-seal", seen.account_id, "game night", POSTED_AT - day, POSTED_AT + day, "Dr. Holm", SEEN_AT, "ok"
    )
    told = words(noor.get(path(seen)))
    assert "Permission at the time of the post Permitted when posted G" in told
    assert "Permission today None in force G" in told


def test_opening_it_is_noted_and_the_next_reader_sees_who_looked(
    noor: Client, second: Client, review: ReviewScene
) -> None:
    seen = used(review)
    noor.get(path(seen))
    assert "Opened before by: Communications One (" in words(second.get(path(seen)))
    looks = review.console.registry.looks.of(OBSERVATION, seen.observation_id)
    assert [(look.by, look.account_id) for look in looks] == [
        ("abel", seen.account_id),
        ("communications", seen.account_id),
    ]


def test_commenters_are_named_only_for_a_reason_that_is_kept_and_only_to_who_gave_it(
    noor: Client, second: Client, review: ReviewScene
) -> None:
    seen = used(review)
    before = words(noor.get(path(seen)))
    assert "Commenter 1" in before
    assert "Ask [Commenter 1]!" in before
    assert not re.search("greta|odette", before, re.IGNORECASE)
    assert noor.submit(f"{path(seen)}/names", reason=" ").status_code == 403
    assert review.console.registry.looks.of(IDENTITY, "x:post:1") == []
    after = noor.follow(noor.submit(f"{path(seen)}/names", reason="A parent asked about the bus"))
    assert "Greta Whitlock @greta_w11" in words(after)
    assert "Ask @greta_w11!" in words(after)
    assert "Greta" not in words(second.get(path(seen)))
    (look,) = review.console.registry.looks.of(IDENTITY, "x:post:1")
    assert (look.by, look.reason) == ("communications", "A parent asked about the bus")


def test_not_ours_teaches_the_crop_as_a_lookalike_under_the_reviewers_name(noor: Client, review: ReviewScene) -> None:
    seen = used(review)
    known = {each.lookalike_id for each in review.console.registry.lookalikes()}
    fields = {"item": f"{seen.observation_id}:0", "to": "dismissed", "reason": "not_ours", "teach": "1"}
    answer = noor.follow(noor.submit("/communications/move", **fields))
    assert "The detector leaves it alone from its next run on." in words(answer)
    (taught,) = [each for each in review.console.registry.lookalikes() if each.lookalike_id not in known]
    references = review.console.registry.materialise_references(review.console.folder / "references")
    with Image.open(references.lookalikes[taught.lookalike_id]) as crop:
        assert (taught.added_by, crop.format, crop.size) == (
            "communications",
            "PNG",
            (BOX[2] - BOX[0], BOX[3] - BOX[1]),
        )


def test_a_dismissal_stands_where_the_detector_cannot_be_taught(noor: Client, review: ReviewScene) -> None:
    broken = b"\xff\xd8\xff half a jpeg"
    seen = review.marked(review.posted(1, "Broken", shown=broken), broken)
    review.publish()
    fields = {"item": f"{seen.observation_id}:0", "to": "dismissed", "reason": "not_ours", "teach": "1"}
    assert "could not be taught" in words(noor.follow(noor.submit("/communications/move", **fields)))
    assert review.console.registry.reviews.all()[seen.observation_id].state == "dismissed"


def test_pictures_are_drawn_anew_and_may_be_kept_by_the_browser(noor: Client, review: ReviewScene) -> None:
    seen = used(review)
    page = noor.get(path(seen)).text
    (address,) = set(re.findall(r'src="(/pictures/middle/[^"]+)"', page))
    answer = noor.get(address)
    assert (answer.headers["content-type"], Image.open(io.BytesIO(answer.content)).size) == ("image/jpeg", (320, 200))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content != picture("one")
    assert 'src="/assets/district-seal.png"' in page
    mark = noor.get("/assets/district-seal.png")
    assert (mark.status_code, mark.headers["content-type"]) == (200, "image/png")


def test_no_other_bytes_are_ever_served_as_a_picture(noor: Client, review: ReviewScene) -> None:
    review.posted(1, "x")
    review.publish()
    good = review.landing.land_media(picture())
    broken = review.landing.land_media(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    addresses = (
        f"/pictures/middle/{broken}.jpg",
        f"/pictures/middle/{'0' * 64}.jpg",
        f"/pictures/huge/{good}.jpg",
        "/pictures/middle/..%2f..%2fregistry.sqlite.jpg",
        "/assets/..%2fx.png",
        "/assets/nothing.png",
    )
    answers = [noor.get(address) for address in addresses]
    assert {(a.status_code, a.headers["content-type"]) for a in answers} == {(404, "text/html; charset=utf-8")}


def test_a_relationship_says_who_chose_it_and_which_roster_it_was_held_against(
    noor: Client, review: ReviewScene
) -> None:
    seen = review.follows("pizza")
    review.publish()
    told = words(noor.get(path(seen)))
    for expected in (
        f"Outbound: chosen by @{review.accounts[0].handle}",
        "Roster of October 1, 2026",
        "not known on the roster is common for families without a recorded handle",
        "Nobody on the roster is known by this handle",
        "Relationships with the educational community",
    ):
        assert expected in told


def test_the_history_tells_every_step_and_who_took_it(noor: Client, review: ReviewScene) -> None:
    seen = used(review)
    item = f"{seen.observation_id}:0"
    noor.submit("/communications/move", item=item, to="contacted", note="Wrote to the coach")
    noor.submit("/communications/undo", item=seen.observation_id)
    told = words(noor.get(path(seen)))
    assert re.search(
        r"Staff contacted Communications One, .* Wrote to the coach Taken back to: New Communications One", told
    )


def test_the_owner_can_be_written_to_where_it_is_noted_that_they_were_contacted(
    noor: Client, review: ReviewScene
) -> None:
    seen = used(review)
    owner = review.console.registry.registered_account(seen.account_id)
    page = noor.get(path(seen))
    assert owner.owner_email and f"Write to {owner.owner_name}: {owner.owner_email}" in words(page)
    assert page.text.count(f'href="mailto:{owner.owner_email}"') == 1


def test_an_appeal_is_answered_by_somebody_who_took_no_part(noor: Client, second: Client, review: ReviewScene) -> None:
    seen = used(review)
    noor.submit("/communications/move", item=f"{seen.observation_id}:0", to="contacted")
    owner = review.accounts[0].owner_id
    review.console.registry.reviews.appeal(seen.observation_id, owner, "staff", SEEN_AT, "It is our old seal")
    assert "1 appeal waits for an answer" in words(noor.get("/communications"))
    answer = {"verdict": "upheld", "reason": "not_ours", "answer": "You are right."}
    assert noor.submit(f"{path(seen)}/answer", **answer).status_code == 403
    told = words(second.follow(second.submit(f"{path(seen)}/answer", **answer)))
    assert "The appeal is upheld, and the observation dismissed." in told
    assert review.console.registry.reviews.all()[seen.observation_id].state == "dismissed"


def test_an_id_that_nobody_has_seen_is_no_page(noor: Client, review: ReviewScene) -> None:
    used(review)
    assert noor.get("/communications/observations/nothing").status_code == 404
