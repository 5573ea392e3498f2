"""RFC 3161 time stamps, from a real authority (openssl ts) over HTTP on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from archive_kit import NOW, hours, page, parse, post
from authority_kit import make_authority, time_authority

from records.errors import BadInput, EvidenceDamaged, UnexpectedAnswer
from warehouse.landing import Landing
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import new_signer
from warehouse.timestamp import Ask, check_stamps, stamp

SIGNER = new_signer("melrose.example/hallpass")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ask, bytes]]:
    """How to ask the authority on loopback, and its root certificate."""
    with time_authority(tmp_path_factory.mktemp("authority")) as authority:
        yield authority.ask, authority.roots


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    capture(tmp_path, 1)
    return tmp_path


def capture(folder: Path, number: int) -> None:
    Landing(folder).land("x", [page(hours(number), post(number))], hours(number))
    load(folder, parse, NOW)
    Ledger(folder).record(SIGNER)


def refuse(query: bytes) -> bytes:
    raise AssertionError("the authority was asked again")


def test_a_checkpoint_is_stamped_once_by_the_authoritys_clock(folder: Path, authority: tuple[Ask, bytes]) -> None:
    ask, roots = authority
    first = stamp(folder, ask, roots)
    assert first is not None
    assert first.number == 1
    assert abs(first.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert stamp(folder, refuse, roots) == first
    capture(folder, 2)
    second = stamp(folder, ask, roots)
    assert check_stamps(folder, roots=roots) == check_stamps(folder) == [first, second]


def test_an_empty_ledger_has_nothing_to_stamp(tmp_path: Path, authority: tuple[Ask, bytes]) -> None:
    assert stamp(tmp_path, refuse, authority[1]) is None


def test_a_stamp_over_another_checkpoint_does_not_hold(folder: Path, authority: tuple[Ask, bytes]) -> None:
    ask, roots = authority
    stamp(folder, ask, roots)
    capture(folder, 2)
    shutil.copy(folder / "ledger" / "000001.tsr", folder / "ledger" / "000002.tsr")
    with pytest.raises(EvidenceDamaged, match="the time stamp of checkpoint 2 does not hold"):
        check_stamps(folder)


@pytest.mark.parametrize("answer", [b"", b"<html>busy</html>"])
def test_an_answer_that_is_no_stamp_is_not_kept(folder: Path, authority: tuple[Ask, bytes], answer: bytes) -> None:
    with pytest.raises(UnexpectedAnswer, match="Check the authority's address and certificates"):
        stamp(folder, lambda _: answer, authority[1])
    assert list((folder / "ledger").glob("*.tsr")) == []


def test_a_stamp_that_answers_another_request_is_not_kept(folder: Path, authority: tuple[Ask, bytes]) -> None:
    ask, roots = authority
    kept: list[bytes] = []
    stamp(folder, lambda query: kept.append(ask(query)) or kept[-1], roots)  # type: ignore[func-returns-value]
    (folder / "ledger" / "000001.tsr").unlink()
    with pytest.raises(UnexpectedAnswer):
        stamp(folder, lambda _: kept[0], roots)


def test_a_stranger_to_the_roots_is_not_believed(
    folder: Path, authority: tuple[Ask, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    make_authority(other)
    with pytest.raises(UnexpectedAnswer):
        stamp(folder, authority[0], (other / "ca.pem").read_bytes())
    with pytest.raises(BadInput, match="certificates cannot be read"):
        stamp(folder, authority[0], b"no certificate")
