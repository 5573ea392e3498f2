"""The ground floor: what goes out as canonical JSON comes back as the same value."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.canonical import canonical, digest, iso
from records.errors import Busy, HallpassError, Throttled, Unavailable
from records.model import (
    Account,
    Check,
    Completeness,
    Coverage,
    Decision,
    Evidence,
    Gone,
    ImageVerdict,
    Judgement,
    MediaFile,
    Observation,
    Outcome,
    Platform,
)
from records.own import parse_own, to_envelope

moments = st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1))
words = st.text(max_size=20)
evidence = st.builds(Evidence, words, st.integers(1, 9999))
own_records = st.one_of(
    st.builds(
        Coverage,
        words,
        st.sampled_from(Check),
        moments,
        moments,
        st.sampled_from(Outcome),
        st.sampled_from(Completeness),
        st.integers(0, 9999),
        st.none() | moments,
        st.none() | moments,
    ),
    st.builds(
        Observation,
        words,
        words,
        st.integers(1, 9),
        words,
        words,
        st.none() | words,
        words,
        st.floats(0, 1).map(lambda x: round(x, 6)),
        st.booleans(),
        st.none() | evidence,
        moments,
        box=st.none() | st.tuples(*[st.integers(0, 9999)] * 4),
        details=st.dictionaries(words, words, max_size=3),
    ),
    st.builds(Judgement, words, words, st.none() | words, moments, words),
    st.builds(MediaFile, words, st.none() | words, st.integers(0, 10**9), st.none() | words),
    st.builds(ImageVerdict, words, words, words, words),
    st.builds(Decision, words, moments, words, words, words, words, st.dictionaries(words, words, max_size=3)),
)


@given(own_records, moments)
def test_a_record_of_ours_comes_back_from_its_envelope_as_it_was(record: Coverage, at: datetime) -> None:
    assert list(parse_own(to_envelope(record, at))) == [record]


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | words, lambda x: st.lists(x) | st.dictionaries(words, x))
)
def test_canonical_json_is_the_same_whatever_the_order_of_the_keys(value: object) -> None:
    again = json.loads(canonical(value))
    assert canonical(again) == canonical(value)
    if isinstance(value, dict):
        assert digest(dict(reversed(value.items()))) == digest(value)


def test_a_moment_is_written_in_utc_whatever_its_zone() -> None:
    at = datetime(2026, 10, 19, 7, 0, tzinfo=timezone(timedelta(hours=-4)))
    assert iso(at) == "2026-10-19T11:00:00Z"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        iso(datetime(2026, 10, 19))


def test_an_error_says_what_happened_and_what_to_do_in_one_line() -> None:
    assert str(HallpassError("The disk is full", "Free some space")) == "The disk is full. Free some space."
    resume = datetime(2026, 10, 19, 11, 15, tzinfo=UTC)
    assert str(Throttled("X allows no more", resume)) == (
        "X allows no more. Collection goes on by itself after 2026-10-19 11:15 UTC."
    )


def test_an_error_comes_back_whole_from_another_process() -> None:
    resume = datetime(2026, 10, 19, 11, 15, tzinfo=UTC)
    for error in (Unavailable("It is gone", Gone.DELETED, "Look"), Throttled("No more", resume), Busy("It is held")):
        error.__cause__ = ValueError("not carried along")
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_consent_covers_from_its_verification_to_its_expiry_and_no_longer() -> None:
    day = datetime(2026, 10, 19, tzinfo=UTC)
    account = Account("a", Platform.X, "1", "h", "o", "s", "p", "c", day, day, day + timedelta(days=1))
    assert [account.consent_in_force(day + timedelta(hours=h)) for h in (-1, 0, 23, 24)] == [False, True, True, False]
