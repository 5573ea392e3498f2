"""Ids are told as people know them."""

from __future__ import annotations

from report_scene import SEAL, Office

from registry.values import References
from reports.labels import Labels


def test_marks_and_photographs_go_by_their_titles_and_what_is_unknown_by_its_id() -> None:
    labels = Labels(Office(), References({}, {}, ""))
    assert [labels.mark(name) for name in (SEAL, "autumn-fair", "gone")] == ["District seal", "The autumn fair", "gone"]
