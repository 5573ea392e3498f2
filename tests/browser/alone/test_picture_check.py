"""A picture that is looked at before it is posted, in a real browser: the data folder stays byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from browser_kit import Open, Served
from playwright.sync_api import Page, expect

from registry.users import Role

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]


def files(folder: Path) -> dict[Path, bytes]:
    """Every file below ``folder`` outside its registry's, which notes each visit."""
    every = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("registry.sqlite"))
    return {path: path.read_bytes() for path in every}


def test_a_picture_is_checked_before_it_is_posted_and_nothing_of_it_is_kept(
    signed_in: Open, served: Served, axe: Check, picture: Picture, tmp_path: Path
) -> None:
    seal = served.console.folder / "sandbox" / "marks" / "district-seal.png"
    draft = tmp_path / "draft-that-nobody-keeps.png"
    draft.write_bytes(seal.read_bytes() + b"a draft that nobody keeps")
    page = signed_in(Role.STAFF, phone=True)
    page.request.get("/assets/district-seal.png")  # the registered mark is drawn into a cache at its first showing
    page.goto("/staff/check")
    before = files(served.console.folder)
    page.get_by_label("The picture").set_input_files(draft)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("This carries the District seal.")).to_be_visible(timeout=30_000)
    assert files(served.console.folder) == before
    registry = b"".join(path.read_bytes() for path in served.console.folder.glob("registry.sqlite*"))
    assert b"nobody keeps" not in registry and b"draft-that" not in registry
    axe(page)
    picture(page, "staff-checked")
    page.get_by_role("link", name="Ask here").click()
    expect(page.get_by_label("Mark or photograph")).to_have_value("district-seal")
