"""Rates are limited for each person and each chat, with one notice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.limits import ALLOWED, Limits, Verdict

ANN, BEN, GROUP, OTHER = 1, 2, -1, -2


class Hours:
    """An event loop whose clock a test sets, and what is asked in it."""

    def __init__(self) -> None:
        self.now = 0.0
        hours = self

        class Loop(asyncio.SelectorEventLoop):
            def time(self) -> float:
                return hours.now

        self._runner = asyncio.Runner(loop_factory=Loop)

    def admit(self, limits: Limits, person_id: int, chat_id: int) -> Verdict:
        return self._runner.run(limits.admit(person_id, chat_id))

    def close(self) -> None:
        self._runner.close()


@pytest.fixture
def hours() -> Iterator[Hours]:
    hours = Hours()
    yield hours
    hours.close()


def test_as_many_as_fit_in_a_minute_may_come_at_once(hours: Hours) -> None:
    limits = Limits(person_per_minute=3, chat_per_minute=0)
    assert [hours.admit(limits, ANN, ANN).allowed for _ in range(5)] == [True, True, True, False, False]


def test_the_wait_that_is_told_is_enough(hours: Hours) -> None:
    limits = Limits(person_per_minute=6, chat_per_minute=0)
    for _ in range(6):
        hours.admit(limits, ANN, ANN)
    refused = hours.admit(limits, ANN, ANN)
    assert (refused.allowed, refused.who, refused.wait_seconds) == (False, "person", 10)
    hours.now += 10.001
    assert hours.admit(limits, ANN, ANN) == ALLOWED
    assert not hours.admit(limits, ANN, ANN).allowed


def test_there_is_one_notice_until_the_next_question_that_is_answered(hours: Hours) -> None:
    limits = Limits(person_per_minute=1, chat_per_minute=0)
    hours.admit(limits, ANN, ANN)
    assert [hours.admit(limits, ANN, ANN).notice for _ in range(3)] == [True, False, False]
    hours.now += 60
    assert hours.admit(limits, ANN, ANN) == ALLOWED
    assert hours.admit(limits, ANN, ANN).notice


def test_people_do_not_share_a_limit(hours: Hours) -> None:
    limits = Limits(person_per_minute=1, chat_per_minute=0)
    hours.admit(limits, ANN, GROUP)
    assert not hours.admit(limits, ANN, OTHER).allowed
    assert hours.admit(limits, BEN, GROUP).allowed


def test_a_group_has_a_limit_of_its_own(hours: Hours) -> None:
    limits = Limits(person_per_minute=5, chat_per_minute=2)
    hours.admit(limits, ANN, GROUP)
    hours.admit(limits, BEN, GROUP)
    assert hours.admit(limits, BEN, GROUP) == Verdict(allowed=False, who="chat", wait_seconds=30, notice=True)
    assert not hours.admit(limits, ANN, GROUP).notice
    assert hours.admit(limits, ANN, OTHER).allowed


def test_a_private_chat_has_only_the_persons_limit(hours: Hours) -> None:
    limits = Limits(person_per_minute=5, chat_per_minute=1)
    assert all(hours.admit(limits, ANN, ANN).allowed for _ in range(5))


def test_what_the_group_refuses_does_not_count_for_the_person(hours: Hours) -> None:
    limits = Limits(person_per_minute=2, chat_per_minute=1)
    allowed = [hours.admit(limits, ANN, chat).allowed for chat in (GROUP, GROUP, GROUP, OTHER)]
    assert allowed == [True, False, False, True]


def test_zero_stands_for_no_limit(hours: Hours) -> None:
    limits = Limits(person_per_minute=0, chat_per_minute=0)
    assert all(hours.admit(limits, ANN, GROUP).allowed for _ in range(1000))


@given(
    per_minute=st.integers(1, 30),
    pauses=st.lists(st.floats(0, 6, allow_nan=False), max_size=60),
)
def test_never_more_than_the_bucket_and_what_flows_in(per_minute: int, pauses: list[float]) -> None:
    hours = Hours()
    limits = Limits(person_per_minute=per_minute, chat_per_minute=0)
    allowed = 0
    for pause in pauses:
        hours.now += pause
        allowed += hours.admit(limits, ANN, ANN).allowed
        assert allowed <= per_minute + hours.now * per_minute / 60 + 1e-6
    hours.close()
