"""What is the same in each row of a longer table is said once."""

from __future__ import annotations

import pytest

from reports.document import Paragraph, Table, Tone
from reports.sections.tables import said_once, without

COLUMNS = ("Account", "Direction", "First seen", "Gap")


def table(*rows: tuple[str, ...]) -> Table:
    return Table("Followed", COLUMNS, rows, numeric=(3,))


def test_columns_that_hold_one_value_become_a_sentence() -> None:
    rows = tuple((f"@a{n}", "outbound", f"{n} Oct", "1") for n in range(4))
    assert list(said_once(table(*rows), "Direction", "First seen")) == [
        Paragraph("The same for all 4 below: direction outbound.", Tone.NOTE),
        Table("Followed", ("Account", "First seen", "Gap"), tuple((a, b, c) for a, _, b, c in rows), numeric=(2,)),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_a_short_table_keeps_its_columns(number: int) -> None:
    few = table(*(("@a", "outbound", "1 Oct", "1"),) * number)
    assert list(said_once(few, "Direction")) == [few]


def test_a_table_without_a_column_keeps_its_numbers_where_they_are() -> None:
    assert without(table(("@a", "outbound", "1 Oct", "1")), "Account", "Gap") == Table(
        "Followed", ("Direction", "First seen"), (("outbound", "1 Oct"),)
    )
