"""The ``fields`` parameter on its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.graph_fields import Field, FieldsError, parse_fields


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("id", (Field("id"),)),
        ("id, message", (Field("id"), Field("message"))),
        ("from{id,name}", (Field("from", fields=(Field("id"), Field("name"))),)),
        (
            "attachments{media{image},subattachments}",
            (Field("attachments", fields=(Field("media", fields=(Field("image"),)), Field("subattachments"))),),
        ),
        (
            "comments.limit(5).summary(true){id}",
            (Field("comments", {"limit": "5", "summary": "true"}, (Field("id"),)),),
        ),
    ],
)
def test_fields_are_read(text: str, read: tuple[Field, ...]) -> None:
    assert parse_fields(text) == read


@pytest.mark.parametrize(
    "text", ["", ",", "id,", "from{", "from{}", "from{id", "a}", "a.b", "a.b(", "a.(1)", "a b", "é"]
)
def test_malformed_fields_are_refused(text: str) -> None:
    with pytest.raises(FieldsError, match="Syntax error"):
        parse_fields(text)


names = st.sampled_from(["id", "from", "comments", "media_type", "a"])
modifiers = st.dictionaries(st.sampled_from(["limit", "summary"]), st.sampled_from(["5", "true", ""]), max_size=2)
fields = st.recursive(
    st.builds(Field, names, modifiers),
    lambda below: st.builds(Field, names, modifiers, st.lists(below, max_size=3).map(tuple)),
    max_leaves=6,
)


def written(field: Field) -> str:
    modifiers = "".join(f".{name}({value})" for name, value in field.modifiers.items())
    below = f"{{{','.join(map(written, field.fields))}}}" if field.fields else ""
    return f"{field.name}{modifiers}{below}"


@given(st.lists(fields, min_size=1, max_size=4))
def test_what_is_written_is_read_back(wanted: list[Field]) -> None:
    assert parse_fields(",".join(map(written, wanted))) == tuple(wanted)


@given(st.text(alphabet="ab{}(),. \u0000", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_fields(text)
    except FieldsError as error:
        assert str(error)
