"""The records officer's pages: from a request to its answer, holds, retention, the ledger and receipts."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from collections.abc import Callable
from html import unescape

import pytest
from console_scene import Client, words
from review_scene import POSTED_AT, ReviewScene

from console.context import Console
from console.jobs import Job, Jobs
from records.errors import Refused
from registry.deposits import DepositDraft
from registry.looks import DEPOSIT, EXPORT, POST
from registry.public_items import Ruling
from registry.users import Role
from warehouse.ledger import Ledger
from warehouse.note import new_signer

REQUEST = {"asked_by": "The Alder Gazette", "asked": "Everything on the otters", "received": "2026-10-16"}


@pytest.fixture
def told(review: ReviewScene) -> ReviewScene:
    """Two posts about otters by two accounts, one edited, and a stranger's comment with a telephone number."""
    first = review.posted(1, "Otters at the science fair")
    review.edited(first, "Beavers at the science fair")
    review.posted(2, "Science night, no otters", by=review.accounts[1])
    review.commented(
        first, 11, "Call greta_w11 at 413 555 0100 about the otters @aunt_may", "Greta Whitlock", "greta_w11"
    )
    review.publish()
    return review


@pytest.fixture
def rae(client: Callable[[Role], Client]) -> Client:
    return client(Role.RECORDS)


@pytest.fixture
def asked(rae: Client, told: ReviewScene) -> Client:
    """R1 is noted, and everything about otters chosen for it."""
    assert rae.submit("/records", **REQUEST).headers["location"] == "/records/requests/R1"
    assert rae.submit("/records/requests/R1/find?words=otters", all="1").status_code == 303
    return rae


def test_a_request_is_noted_with_its_clock_and_bad_input_keeps_what_was_typed(rae: Client) -> None:
    assert "No request was noted yet" in words(rae.get("/records"))
    wrong = rae.submit("/records", **{**REQUEST, "received": "yesterday"})
    assert (wrong.status_code, "The Alder Gazette" in wrong.text) == (422, True)
    shown = words(rae.follow(rae.submit("/records", **REQUEST)))
    assert "Answer due October 30, 2026 , the tenth business day" in shown
    assert "can be asked of the state once, until November 13, 2026" in shown
    assert "No records were chosen yet" in shown


def test_records_are_found_over_every_version_and_chosen(rae: Client, told: ReviewScene) -> None:
    rae.submit("/records", **REQUEST)
    page = rae.get("/records/requests/R1/find", params={"words": "otters"})
    boxes = re.findall(r'name="record" value="([^"]+)"', page.text)
    assert sorted(box.split(" ")[0] for box in boxes) == ["x:comment:11", "x:post:1", "x:post:2"]
    assert "greta_w11" not in page.text and "aunt_may" not in page.text
    answer = rae.submit("/records/requests/R1/find?words=otters", record=[unescape(box) for box in boxes[:2]])
    assert "2 records were added." in words(rae.follow(answer))
    everything = rae.get("/records/requests/R1/find", params={"account": told.accounts[1].account_id})
    assert re.findall(r'name="record" value="([^ ]+) ', everything.text) == ["x:post:2"]
    assert words(rae.get("/records/requests/R1/find", params={"words": "(otters"})).count("cannot be read") == 1


def test_a_record_is_redacted_with_an_exemption_and_shown_as_it_will_leave(asked: Client, told: ReviewScene) -> None:
    items = told.console.registry.public_requests.items
    number = next(item.number for item in items.of("R1") if item.record_id == "x:comment:11")
    address = f"/records/requests/R1/items/{number}"
    page = asked.get(address)
    assert re.findall(r'name="prompt" value="([^"]+)"', page.text) == ["413 555 0100", "@aunt_may"]
    form = {"to": "redacted", "version": "1", "prompt": "413 555 0100", "author": "1", "exemption": "c"}
    wrong = asked.submit(address, **form, words="greta w11", reason="A parent's number")
    assert "'greta w11' stands in no version of this record" in words(wrong)
    assert asked.submit(address, **form, words="GRETA_w11").status_code == 422
    assert asked.submit(address, **form, words="GRETA_w11", reason="A parent's number").status_code == 303
    shown = words(asked.get(address))
    assert "Call [redacted (c)] at [redacted (c)] about the otters @aunt_may" in shown
    assert items.get("R1", number).ruling == Ruling(
        "redacted", ("GRETA_w11", "413 555 0100"), True, False, "c", "A parent's number"
    )
    assert [look.by for look in told.console.registry.looks.of(POST, "x:comment:11")] == ["records"] * 4
    other = asked.submit(address, to="whole", version="1")
    assert (other.status_code, "Records officer One decided on record" in words(other)) == (409, True)


def test_several_are_decided_at_once_and_left_out_again(asked: Client, told: ReviewScene) -> None:
    items = told.console.registry.public_requests.items
    asked.submit("/records/requests/R1/items", item=["1:1"], to="withheld", exemption="a", reason="Sealed")
    assert asked.submit("/records/requests/R1/items", item=["2:1"], to="withheld").status_code == 422
    asked.submit("/records/requests/R1/items", to="rest")
    assert [item.ruling.kind for item in items.of("R1")] == ["withheld", "whole", "whole"]
    asked.submit("/records/requests/R1/items", item=["2:2", "x", ":", "99:1"], to="leave-out")
    assert [item.number for item in items.of("R1")] == [1, 3]
    assert "Withheld (a)" in words(asked.get("/records/requests/R1?show=withheld"))


def test_the_answer_is_written_beside_the_pages_and_fetched(told: ReviewScene, asked: Client) -> None:
    console = told.console
    asked.submit("/records/requests/R1/items", to="rest")
    asked.submit("/records/requests/R1/export", why="For the Gazette")
    console.jobs.wait(60)
    page = asked.get("/records/requests/R1")
    assert "The answer is written: R1-1.zip" in words(page)
    fetched = asked.get("/records/exports/R1-1.zip")
    assert fetched.headers["content-disposition"] == 'attachment; filename="R1-1.zip"'
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as bag:
        assert "R1-1/data/records.pdf" in bag.namelist()
    assert [look.by for look in console.registry.looks.of(EXPORT, "R1-1.zip")] == ["records"]
    assert "R1-1.zip Request R1" in words(asked.get("/records/exports"))
    asked.submit("/records/requests/R1/answer", answer="Sent by mail", version="1")
    assert "Sent by mail" in words(asked.get("/records/requests/R1"))
    assert asked.submit("/records/requests/R1/items", to="rest").status_code == 403


def test_a_record_of_a_request_leads_to_a_hold_on_it(asked: Client, told: ReviewScene) -> None:
    items = told.console.registry.public_requests.items
    (item,) = (each for each in items.of("R1") if each.record_id == "x:comment:11")
    page = asked.get(f"/records/requests/R1/items/{item.number}").text
    (address,) = re.findall(r'<a href="(/records/holds[^"#]*)#place-title">Place a hold on it', page)
    form = asked.get(address)
    assert 'name="record" type="text" value="x:comment:11"' in form.text
    assert words(asked.follow(asked.submit("/records/holds", record="x:comment:11", reason="A claim"))).count("H1") > 1
    listed = asked.get("/records/holds").text
    assert '<a href="/communications/posts/x%3Acomment%3A11">a comment</a>' in listed
    assert asked.get("/communications/posts/x%3Acomment%3A11").status_code == 200


def test_every_exemption_can_be_cited_and_words_stand_beside_those_that_were_read(asked: Client) -> None:
    offered = re.findall(r'<option value="([a-u])"[^>]*>\(\1\)([^<]*)<', asked.get("/records/requests/R1/items/1").text)
    assert "".join(letter for letter, _ in offered) == "abcdefghijklmnopqrstu"
    assert [letter for letter, said in offered if said] == [*"abcdef"]


def test_a_hold_is_placed_listed_and_released_for_a_reason(rae: Client, console: Console) -> None:
    assert "Nothing is held" in words(rae.get("/records/holds"))
    assert rae.submit("/records/holds", reason="A claim").status_code == 422
    account = console.registry.accounts()[0]
    rae.submit("/records/holds", account=account.account_id, ends="2026-10-31", reason="A claim")
    shown = words(rae.get("/records/holds"))
    assert f"H1 @{account.handle} to October 31, 2026 A claim" in shown and "Stands" in shown
    assert rae.submit("/records/holds/H1/release", why=" ").status_code == 422
    rae.submit("/records/holds/H1/release", why="Settled")
    assert "Records officer One: Settled" in words(rae.get("/records/holds"))
    assert [event.action for event in console.registry.outbox()][-2:] == ["hold.placed", "hold.released"]


def test_a_disposition_is_proposed_permitted_and_approved_by_another_office(
    told: ReviewScene, client: Callable[[Role], Client], rae: Client
) -> None:
    console = told.console
    assert "nothing is ever due" in words(rae.get("/records/retention"))
    rule = {"series": "posts", "months": "84", "trigger": "created", "citation": "A1-2", "approved_by": "Committee"}
    assert rae.submit("/records/retention", **{**rule, "months": "0"}).status_code == 422
    rae.submit("/records/retention", **rule)
    assert "Posts 7 years counted from when it was written A1-2 Committee" in words(rae.get("/records/retention"))
    rae.submit("/records/retention/propose", why="yearly")
    console.jobs.wait(60)
    assert "Nothing may be disposed of" in words(rae.get("/records/retention"))
    console.registry.dispositions.propose(b'{"lines":[],"media":[],"records":{},"earliest":null,"latest":null,"kept":{}}',
                                          "records", POSTED_AT, "yearly")  # fmt: skip
    assert "Ask the Supervisor of Records" in words(rae.get("/records/retention/D1"))
    letter = {"file": ("C:\\letter.pdf", b"%PDF-1.7 permitted")}
    assert rae.submit("/records/retention/D1/permit", number="12-345").status_code == 422
    rae.submit("/records/retention/D1/permit", number="12-345", files=letter)
    assert "Permission 12-345, kept as evidence: letter.pdf." in words(rae.get("/records/retention/D1"))
    assert rae.submit("/records/retention/D1/approve").status_code == 403
    chief = client(Role.SUPERINTENDENT)
    assert "Records" in chief.get("/records/retention").text
    chief.submit("/records/retention/D1/approve")
    assert "hallpass retention run D1" in words(chief.get("/records/retention/D1"))
    assert chief.submit("/records/retention/D1/withdraw", why="no").status_code == 403
    rae.submit("/records/retention/D1/withdraw", why="A claim came")
    assert "Withdrawn" in words(rae.get("/records/retention"))
    rae.submit("/records/retention/posts/end", why="Superseded")
    assert console.registry.retention.rules() == []


def test_the_ledger_is_checked_beside_the_pages_and_what_proves_it_can_be_taken_away(
    rae: Client, told: ReviewScene
) -> None:
    console = told.console
    assert "Nothing is signed yet" in words(rae.get("/records/ledger"))
    assert rae.get("/records/ledger/checkpoint.txt").status_code == 404
    _sign(told)
    assert "Files of evidence under it" in words(rae.get("/records/ledger"))
    assert rae.get("/records/ledger/checkpoint.txt").text.startswith("alder.example\n")
    assert rae.get("/records/ledger/public-key.txt").text.startswith("alder.example+")
    console.registry.ledger_events.verified(
        1, {"batches": 4, "lines": 9, "media": 0, "stamps": 0}, "records", POSTED_AT
    )
    assert "Records officer One: 4 files of evidence with 9 entries, and 0 pictures, are as they came" in words(
        rae.get("/records/ledger")
    )
    console.registry.ledger_events.damaged("step 1 of the ledger is missing", "records", POSTED_AT)
    assert "step 1 of the ledger is missing. October 14, 2026" in words(rae.get("/records/ledger"))
    rae.submit("/records/ledger/verify")
    console.jobs.wait(60)
    assert console.jobs.of("verify") is not None
    assert "Under way" not in words(rae.get("/records/ledger"))


def test_a_receipt_can_be_proven_and_its_file_fetched_and_that_is_noted(rae: Client, told: ReviewScene) -> None:
    console = told.console
    assert "Nothing was handed in yet" in words(rae.get("/records/receipts"))
    landed = console.hand_in("team.txt", b"See you at 7", "Messages", "staff")
    draft = DepositDraft("team.txt", landed.size, landed.sha256, "Messages", landed.batch, landed.line)
    console.registry.deposits.record(draft, "staff", POSTED_AT)
    assert "In the ledger with the next collection" in words(rae.get("/records/receipts/D1"))
    _sign(told)
    assert "In the signed ledger" in words(rae.get("/records/receipts/D1"))
    assert rae.get("/records/receipts/D1/proof.json").json()["line"] == 1
    fetched = rae.get("/records/receipts/D1/file")
    assert (fetched.content, fetched.headers["content-type"]) == (b"See you at 7", "application/octet-stream")
    assert [look.by for look in console.registry.looks.of(DEPOSIT, "D1")] == ["records"]
    assert rae.get("/records/receipts/D2").status_code == 404


def test_a_job_that_fails_says_so_and_one_that_goes_on_is_not_begun_twice() -> None:
    jobs, gate = Jobs(), threading.Event()
    jobs.start("slow", lambda: str(gate.wait(30)), "rae", POSTED_AT)
    with pytest.raises(Refused, match="under way already"):
        jobs.start("slow", str, "sam", POSTED_AT)
    gate.set()
    jobs.start("broken", lambda: str(1 // 0), "rae", POSTED_AT)
    jobs.wait(30)
    assert jobs.of("slow") == Job("rae", POSTED_AT, "done", "True")
    assert jobs.of("broken") == Job("rae", POSTED_AT, "failed", "Something went wrong here", "Tell IT when it was")


def _sign(told: ReviewScene) -> None:
    folder, signer = told.console.folder, new_signer("alder.example")
    told.publish()
    Ledger(folder).record(signer)
    (folder / "ledger" / "public-key").write_text(f"{signer.verifier().text()}\n")
