"""Photographs and the detector's precision on the command line."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from typed_command import AT, Hallpass

from registry import Registry
from registry.review_values import CONTACTED, DISMISSED, Change


def test_a_photograph_is_added_and_listed(hallpass: Hallpass, tmp_path: Path) -> None:
    assert "No photograph is known" in hallpass("photograph", "list")[1]
    Image.new("RGB", (64, 64), "red").save(tmp_path / "fair.png")
    added = hallpass("photograph", "add", "autumn-fair", tmp_path / "fair.png", "--title", "The autumn fair")
    assert added == (0, "autumn-fair is a photograph of the district, version 1.", "")
    code, listed, _ = hallpass("photograph", "list")
    assert code == 0 and "autumn-fair" in listed and "The autumn fair" in listed


def test_the_running_precision_counts_what_people_confirmed_and_what_was_the_rules_error(
    hallpass: Hallpass, tmp_path: Path
) -> None:
    assert hallpass("detector", "precision")[1] == "Nobody has confirmed or dismissed an observation yet."
    with Registry.open(f"sqlite:///{tmp_path / 'registry.sqlite'}") as registry:
        for number, (state, reason) in enumerate([(CONTACTED, ""), (CONTACTED, ""), (DISMISSED, "not_ours")]):
            change = Change(f"o{number}", "logo-use", "x:1", "seal", f"g{number}", 0)
            registry.reviews.move([change], state, "ann", AT, reason, "looked at it")
    code, out, _ = hallpass("detector", "precision")
    assert code == 0
    assert [cell.strip() for cell in out.split("│")][1:6] == ["logo-use", "2", "1", "66.7%", "20.8% to 93.9%"]
