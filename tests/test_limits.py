"""Rates are limited for each person and each chat, with one notice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.limits import ALLOWED, Limits, Verdict

ANN, BEN, GROUP, OTHER = 1, 2, -1, -2


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_as_many_as_fit_in_a_minute_may_come_at_once(clock: Clock) -> None:
    limits = Limits(person_per_minute=3, chat_per_minute=0, clock=clock)
    assert [limits.ask(ANN, ANN).allowed for _ in range(5)] == [True, True, True, False, False]


def test_the_wait_is_told_and_is_enough(clock: Clock) -> None:
    limits = Limits(person_per_minute=6, chat_per_minute=0, clock=clock)
    for _ in range(6):
        limits.ask(ANN, ANN)
    clock.now += 4
    refused = limits.ask(ANN, ANN)
    assert (refused.allowed, refused.who, round(refused.wait_seconds, 3)) == (False, "person", 6)
    clock.now += 6.001
    assert limits.ask(ANN, ANN) == ALLOWED
    assert not limits.ask(ANN, ANN).allowed


def test_there_is_one_notice_until_the_next_question_that_is_answered(clock: Clock) -> None:
    limits = Limits(person_per_minute=1, chat_per_minute=0, clock=clock)
    limits.ask(ANN, ANN)
    assert [limits.ask(ANN, ANN).notice for _ in range(3)] == [True, False, False]
    clock.now += 60
    assert limits.ask(ANN, ANN) == ALLOWED
    assert limits.ask(ANN, ANN).notice


def test_people_do_not_share_a_limit(clock: Clock) -> None:
    limits = Limits(person_per_minute=1, chat_per_minute=0, clock=clock)
    limits.ask(ANN, GROUP)
    assert not limits.ask(ANN, OTHER).allowed
    assert limits.ask(BEN, GROUP).allowed


def test_a_group_has_a_limit_of_its_own(clock: Clock) -> None:
    limits = Limits(person_per_minute=5, chat_per_minute=2, clock=clock)
    limits.ask(ANN, GROUP)
    limits.ask(BEN, GROUP)
    assert limits.ask(BEN, GROUP) == Verdict(allowed=False, who="chat", wait_seconds=30, notice=True)
    assert not limits.ask(ANN, GROUP).notice
    assert limits.ask(ANN, OTHER).allowed


def test_a_private_chat_has_only_the_persons_limit(clock: Clock) -> None:
    limits = Limits(person_per_minute=5, chat_per_minute=1, clock=clock)
    assert all(limits.ask(ANN, ANN).allowed for _ in range(5))


def test_what_the_group_refuses_does_not_count_for_the_person(clock: Clock) -> None:
    limits = Limits(person_per_minute=2, chat_per_minute=1, clock=clock)
    assert [limits.ask(ANN, chat).allowed for chat in (GROUP, GROUP, GROUP, OTHER)] == [True, False, False, True]


def test_zero_stands_for_no_limit(clock: Clock) -> None:
    limits = Limits(person_per_minute=0, chat_per_minute=0, clock=clock)
    assert all(limits.ask(ANN, GROUP).allowed for _ in range(1000))


@given(
    per_minute=st.integers(1, 30),
    pauses=st.lists(st.floats(0, 6, allow_nan=False), max_size=60),
)
def test_never_more_than_the_bucket_and_what_flows_in(per_minute: int, pauses: list[float]) -> None:
    clock = Clock()
    began = clock.now
    limits = Limits(person_per_minute=per_minute, chat_per_minute=0, clock=clock)
    allowed = 0
    for pause in pauses:
        clock.now += pause
        allowed += limits.ask(ANN, ANN).allowed
        assert allowed <= per_minute + (clock.now - began) * per_minute / 60 + 1e-6
