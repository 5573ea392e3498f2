"""Hostile files through a whole batch: none is called clean while it shows the mark, and none ends the batch."""

from __future__ import annotations

from collections import Counter

from benchmarks.hostile import another, hostile, look, mark

EVERY = 6  # of the files; `python -m benchmarks hostile` looks at them all


def test_no_hostile_file_is_called_clean_or_ends_the_batch() -> None:
    every = list(hostile(mark()))
    files = every[::EVERY]
    looks = look(files, mark(), workers=2)
    clean = [
        name
        for one, (name, content) in zip(looks, files, strict=True)
        if one.outcome == "clean" and not another(content)
    ]
    assert clean == []
    outcomes = Counter(one.outcome for one in looks)
    assert len(every) > 500 and outcomes["undecodable"] > 90 and outcomes["marked"] > 1


def test_the_whole_picture_that_they_are_made_from_is_marked() -> None:
    whole = next(content for name, content in hostile(mark()) if name == "whole.png")
    assert [one.outcome for one in look([("whole.png", whole)], mark(), workers=1)] == ["marked"]
