"""The page for everybody: off by default, and nothing about anybody on it."""

from __future__ import annotations

from dataclasses import replace

from console_scene import Visitor, words

from console.context import Console


def test_it_is_not_there_unless_the_district_wants_it(visitor: Visitor) -> None:
    assert visitor().get("/public").status_code == 404


def test_it_names_no_account_and_nobody(console: Console, visitor: Visitor) -> None:
    answer = visitor(replace(console, public_page=True)).get("/public")
    assert (answer.status_code, "What is collected" in words(answer)) == (200, True)
    for each in console.registry.registered():
        assert each.account.handle not in answer.text
        assert each.owner_name not in answer.text
