"""Whoever looks around the made-up district finds something to decide in each office."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from district_kit import made_once, made_up, shared_by_workers

from hallpass.demo.errands import leave_errands
from hallpass.demo.sign_ins import make_sign_ins
from registry import Registry
from registry.requests import WAITING

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)


def test_a_permission_and_records_are_asked_for_once(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    filled = made_once(shared_by_workers(tmp_path_factory.getbasetemp()), detected=False)
    with made_up(filled, tmp_path / "data") as district, Registry.open(district.settings.registry_url) as registry:
        make_sign_ins(registry, NOW)
        for _ in range(2):
            leave_errands(registry, NOW)
        (asked,), (wanted,) = registry.requests.all(), registry.public_requests.all()
        assert (asked.asset, asked.state, asked.asked_by) == ("district-seal", WAITING, "staff")
        assert asked.sample_sha256 is not None
        assert (wanted.asked_by, wanted.received, wanted.open) == ("The Alder Gazette", NOW.date(), True)


def test_a_district_without_anybody_has_no_permission_to_ask_for(tmp_path: Path) -> None:
    with Registry.open(tmp_path / "registry.sqlite") as registry:
        make_sign_ins(registry, NOW)
        leave_errands(registry, NOW)
        assert (registry.requests.all(), len(registry.public_requests.all())) == ([], 1)
