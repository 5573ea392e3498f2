"""The staff's pages: what is theirs and nobody else's, what they may ask, and what they hand in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from console_scene import Client, words
from PIL import Image
from review_scene import ReviewScene, picture

from connectors import parse
from console.context import Console
from console.reading.desk import Seen, desk
from console.reading.queue import Standing
from registry.users import Role, UserDraft
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import new_signer


@pytest.fixture
def owner(console: Console) -> str:
    """The staff user answers for the first account on X."""
    person = next(each for each in console.registry.accounts() if each.platform == "x").owner_id
    user = console.registry.users.named("staff")
    assert user
    draft = UserDraft(user.login, user.name, user.roles, user.email, person)
    console.registry.users.change(user.user_id, draft, user.version, "it", console.now())
    return person


@pytest.fixture
def seen(review: ReviewScene, owner: str) -> Seen:
    """A mark in a post of the owner's account."""
    mine = next(each for each in review.accounts if each.owner_id == owner)
    shown = picture("fair")
    observation = review.marked(review.posted(1, "The fair", mine, shown), shown)
    review.publish()
    return review.console.archive.once("desk", desk).by_id[observation.observation_id]


def test_every_page_opens(client: Callable[[Role], Client], owner: str) -> None:
    browser = client(Role.STAFF)
    for path in ("", "/check", "/requests", "/policy", "/deposits"):
        assert browser.get(f"/staff{path}").status_code == 200, path


def test_the_page_of_my_account_says_what_is_kept_from_where_and_who_looked(
    console: Console, client: Callable[[Role], Client], seen: Seen, owner: str
) -> None:
    browser, account = client(Role.STAFF), seen.account_id
    path = f"/staff/accounts/{account}"
    before = words(browser.get(path))
    assert "Collected from X, with your consent, by its official interface. Nothing is ever changed there." in before
    assert "1 post" in before and "Nobody has opened anything of this account" in before
    client(Role.COMMUNICATIONS).get(f"/communications/observations/{seen.observation_id}")
    assert "Communications One an observation October 19, 2026" in words(browser.get(path))
    other = next(each for each in console.registry.accounts() if each.owner_id != owner)
    assert browser.get(f"/staff/accounts/{other.account_id}").status_code == 404


def test_the_procedures_in_force_are_acknowledged_once_by_whoever_read_them(
    console: Console, client: Callable[[Role], Client], owner: str
) -> None:
    browser, procedures = client(Role.STAFF), console.registry.procedures
    procedures.publish("2027-28", "Social media", "Ask before you use the seal.", "it", console.now())
    assert "Ask before you use the seal." in words(browser.get("/staff/policy"))
    assert procedures.acknowledged("2027-28") == {}
    assert browser.submit("/staff/policy", version="2026-27").status_code == 422
    assert browser.submit("/staff/policy", version="2027-28").status_code == 303
    assert procedures.acknowledged("2027-28") == {owner: console.now()}


def test_an_observation_is_shown_once_confirmed_and_can_be_answered(
    console: Console, client: Callable[[Role], Client], seen: Seen
) -> None:
    browser, path = client(Role.STAFF), f"/staff/observations/{seen.observation_id}"
    assert browser.get(path).status_code == 404
    console.registry.reviews.move([Standing(seen, None).change()], "contacted", "ann", console.now())
    assert browser.get(path).status_code == 200
    assert browser.submit(f"{path}/reply", reply="It was the fair").status_code == 303
    assert browser.submit(f"{path}/appeal", appeal="Please look again").status_code == 303
    assert browser.submit(f"{path}/appeal", appeal="Once more").status_code == 403
    messages = console.registry.reviews.messages(seen.observation_id)
    assert [message.kind for message in messages] == ["reply", "appeal"]


def test_a_permission_is_asked_for_my_own_account_only(
    console: Console, client: Callable[[Role], Client], owner: str
) -> None:
    browser, asset = client(Role.STAFF), console.registry.marks()[0].mark_id
    mine = console.registry.owned(owner)[0].account.account_id
    other = next(each for each in console.registry.accounts() if each.owner_id != owner).account_id
    fields = {"asset": asset, "purpose": "A poster", "starts": "2026-11-01"}
    assert browser.submit("/staff/requests", account=other, **fields).status_code == 422
    assert browser.submit("/staff/requests", account=mine, **fields).status_code == 303
    assert [request.account_id for request in console.registry.requests.waiting()] == [mine]


def test_a_file_that_is_handed_in_has_a_receipt(console: Console, client: Callable[[Role], Client]) -> None:
    browser = client(Role.STAFF)
    assert browser.submit("/staff/deposits", note="nothing").status_code == 422
    answer = browser.submit("/staff/deposits", files={"file": ("a.zip", b"PK \xff")}, note="my messages")
    deposit = console.registry.deposits.all()[0]
    assert deposit.sha256 in words(browser.follow(answer))
    assert (console.folder / "media" / deposit.sha256[:2] / deposit.sha256).read_bytes() == b"PK \xff"


def test_a_receipt_tells_the_file_from_any_other_and_keeps_nothing_of_what_is_compared(
    console: Console, client: Callable[[Role], Client]
) -> None:
    browser = client(Role.STAFF)
    browser.submit("/staff/deposits", files={"file": ("a.zip", b"PK \xff")}, note="my messages")
    path = f"/staff/deposits/{console.registry.deposits.all()[0].deposit_id}"
    before = {each.name for each in console.folder.rglob("*")}
    for content, said in ((b"PK \xff", "Yes: b.zip is the file"), (b"PK \xfe", "No: b.zip is another file")):
        assert said in words(browser.submit(f"{path}/check", files={"file": ("b.zip", content)}))
    assert browser.submit(f"{path}/check").status_code == 422
    assert {each.name for each in console.folder.rglob("*")} == before
    assert "In the ledger with the next collection" in words(browser.get(path))
    assert browser.get(f"{path}/proof.json").status_code == 404
    load(console.folder, parse, console.now())
    Ledger(console.folder).record(new_signer("alder.example/hallpass"))
    assert "In the signed ledger" in words(browser.get(path))
    proven = browser.get(f"{path}/proof.json")
    assert (proven.status_code, proven.headers["content-disposition"]) == (200, 'attachment; filename="D1-proof.json"')


def test_a_draft_that_shows_the_districts_photograph_says_so(
    console: Console, client: Callable[[Role], Client], tmp_path: Path
) -> None:
    file = tmp_path / "auditorium.png"
    noise = np.random.default_rng(7).integers(0, 256, (24, 32, 3), np.uint8)
    Image.fromarray(noise).resize((640, 480), Image.Resampling.BICUBIC).save(file)
    console.registry.add_photograph("auditorium", "The new auditorium", file, "office", console.now())
    answer = client(Role.STAFF).submit("/staff/check", files={"picture": ("draft.png", file.read_bytes())})
    assert "This is the district's photograph “The new auditorium”." in words(answer)
    assert 'href="/staff/requests?asset=auditorium"' in answer.text
