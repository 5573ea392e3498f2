"""Work ahead of its use: in order, whoever does it, and its errors are the caller's."""

from __future__ import annotations

import gc
import os
import resource
from pathlib import Path

import pyarrow as pa
import pytest

from records.errors import EvidenceError
from warehouse.parallel import ahead, side_by_side


def square(number: int) -> int:
    return number * number


def process(_: int) -> int:
    return os.getpid()


def refuse_three(number: int) -> int:
    if number == 3:
        raise ValueError("not three")
    return number


@pytest.mark.parametrize("processes", [0, 2])
def test_answers_come_in_the_order_of_the_items(processes: int) -> None:
    assert list(ahead(square, range(20), processes)) == [n * n for n in range(20)]


@pytest.mark.parametrize("threads", [1, 3, None])
def test_threads_give_their_answers_in_order_too(threads: int | None) -> None:
    assert list(side_by_side(square, range(20), threads)) == [n * n for n in range(20)]
    with pytest.raises(ValueError, match="not three"):
        list(side_by_side(refuse_three, range(5), threads))


def test_much_work_is_done_by_other_processes_and_little_by_this_one() -> None:
    assert os.getpid() not in set(ahead(process, range(8), 2))
    assert set(ahead(process, range(2))) == {os.getpid()}


def columns(number: int) -> tuple[str, pa.Table | None]:
    """An answer with buffers of odd lengths; without any for every third."""
    cells = [None, "x" * number, f"{number}"]
    return f"of {number}", None if number % 3 == 0 else pa.table({"text": cells, "count": [number, None, 2**60]})


def long_columns(number: int) -> pa.Table:
    return pa.table({"text": ["x" * 10_000, str(number)]})


def test_buffers_come_back_through_a_folder_that_is_gone_afterwards(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "left by a killed one").write_bytes(b"old")
    assert list(ahead(columns, range(8), 2, scratch)) == [columns(n) for n in range(8)]
    assert not scratch.exists()


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    scratch = tmp_path / "missing" / "scratch"
    with pytest.raises(EvidenceError) as refused:
        list(ahead(columns, range(8), 2, scratch))
    assert str(refused.value) == (
        f"{scratch} could not be written (No such file or directory). Free some space, then run again."
    )


def test_a_disk_that_is_full_for_another_process_is_one_clear_line(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, hard))  # for the processes that are started, too
    try:
        with pytest.raises(EvidenceError) as refused:
            list(ahead(long_columns, range(8), 2, tmp_path / "scratch"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(refused.value) == (
        f"{tmp_path / 'scratch'} could not be written (File too large). Free some space, then run again."
    )
    assert list(tmp_path.iterdir()) == []


def test_an_error_is_raised_where_the_answer_was_awaited() -> None:
    with pytest.raises(ValueError, match="not three"):
        list(ahead(refuse_three, range(5), 0))


def test_the_collector_is_off_meanwhile_and_on_again_afterwards() -> None:
    seen = [gc.isenabled() for _ in ahead(square, range(3), 0)]
    assert seen == [False, False, False]
    assert gc.isenabled()
    with pytest.raises(ValueError, match="not three"):
        list(ahead(refuse_three, range(5), 0))
    assert gc.isenabled()
