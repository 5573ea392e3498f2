"""An account that its owner renamed: the register gets the new handle with its date, and the evidence has both."""

from __future__ import annotations

import pytest
from made_up_district import District

from hallpass.pipeline import archive, collect
from registry import Registry
from registry.directory import Handle


@pytest.mark.parametrize("handle", ["LarkinBiology", "afhsmusic"])
def test_another_handle_of_the_same_number_stands_in_the_register_since_it_was_seen(
    district: District, handle: str
) -> None:
    with Registry.open(district.settings.registry_url) as registry:
        before = registry.account(handle)
        collect.collect(district.settings, [before.account_id])
        assert len(registry.directory.history(before.account_id).handles) == 1
        district.control("POST", "handle", {"account": before.account_id, "handle": "renamed_one"})
        for _ in range(2):
            collect.collect(district.settings, [before.account_id])
        after = registry.account(before.account_id)
        newest, first = registry.directory.history(before.account_id).handles
        events = [event for event in registry.outbox() if event.action == "account.handle_seen"]
    now = district.settings.now()
    assert (after.handle, after.account_id, after.consent_expires_at) == (
        "renamed_one",
        before.account_id,
        before.consent_expires_at,
    )
    assert (newest, first.handle) == (Handle("renamed_one", now, "hallpass"), handle)
    assert [(e.by, e.subject, e.data) for e in events] == [
        ("hallpass", before.account_id, {"handle": "renamed_one", "former": handle})
    ]
    archive.archive(district.settings)
    assert district.rows("SELECT action FROM decision WHERE action = 'account.handle_seen'") == [
        ("account.handle_seen",)
    ]
    seen = district.rows("SELECT handle FROM profile_version WHERE account_id = ? ORDER BY 1", before.account_id)
    assert seen == sorted([(handle,), ("renamed_one",)])
