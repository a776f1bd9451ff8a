"""The durable inbox: one contract for every database that it can live in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import URL, text

from bot.memory.inbox import DONE_SECONDS, LEASE_SECONDS, Arrival, Failures, Inbox, Kept
from bot.memory.schema import StateError
from bot.memory.state import State, connect, opened
from tests.conftest import Clock

BOT = 123456789


@pytest.fixture
async def state(url: URL, clock: Clock) -> AsyncIterator[State]:
    async with opened(url, clock=clock) as state:
        yield state


@pytest.fixture
def inbox(state: State) -> Inbox:
    return state.inbox(BOT)


@pytest.fixture
def other(state: State) -> Inbox:
    """That of another process."""
    return state.inbox(BOT)


def arrivals(*numbers: int) -> list[Arrival]:
    return [Arrival(number, f'{{"update_id": {number}}}', 1001) for number in numbers]


@asynccontextmanager
async def unwritable(url: URL) -> AsyncIterator[None]:
    """A database without room: it takes nothing new."""
    engine = connect(url)
    full = "SELECT RAISE(FAIL, 'database or disk is full')"
    async with engine.begin() as connection:
        if url.get_backend_name() == "sqlite":
            await connection.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN {full}; END"))
        else:
            await connection.execute(text("ALTER TABLE inbox RENAME TO elsewhere"))
    yield
    async with engine.begin() as connection:
        if url.get_backend_name() == "sqlite":
            await connection.execute(text("DROP TRIGGER full"))
        else:
            await connection.execute(text("ALTER TABLE elsewhere RENAME TO inbox"))
    await engine.dispose()


async def test_what_comes_twice_is_new_once(inbox: Inbox, other: Inbox) -> None:
    assert await inbox.receive(arrivals(1, 2, 2), own=True) == {1, 2}
    assert await other.receive(arrivals(2, 3), own=True) == {3}
    await inbox.settle([1], {})
    assert await inbox.receive(arrivals(1), own=True) == frozenset()


async def test_another_bot_numbers_its_own(inbox: Inbox, state: State) -> None:
    await inbox.receive(arrivals(1), own=True)
    assert await state.inbox(42).receive(arrivals(1), own=True) == {1}


async def test_what_nobody_owns_is_taken_once_and_in_order(inbox: Inbox, other: Inbox) -> None:
    await inbox.receive(arrivals(3, 1, 2), own=False)
    assert [kept.update_id for kept in await inbox.take(2)] == [1, 2]
    assert await other.take(9) == (Kept(3, '{"update_id": 3}', attempts=0),)


async def test_two_processes_never_take_the_same(inbox: Inbox, other: Inbox) -> None:
    await inbox.receive(arrivals(*range(100)), own=False)
    taken = await asyncio.gather(*(one.take(20) for one in (inbox, other) * 4))
    numbers = [kept.update_id for some in taken for kept in some]
    assert len(numbers) == len(set(numbers))


async def test_a_dead_process_is_inherited_from_after_its_lease(inbox: Inbox, other: Inbox, clock: Clock) -> None:
    await inbox.receive(arrivals(1), own=True)
    clock.now += LEASE_SECONDS
    assert await other.take(9) == ()
    clock.now += 1
    assert [(kept.update_id, kept.attempts) for kept in await other.take(9)] == [(1, 1)]


async def test_a_living_process_keeps_its_own(inbox: Inbox, other: Inbox, clock: Clock) -> None:
    await inbox.receive(arrivals(1), own=True)
    clock.now += LEASE_SECONDS
    await inbox.renew()
    clock.now += LEASE_SECONDS
    assert await other.take(9) == ()
    clock.now += 1
    assert len(await other.take(9)) == 1


async def test_an_end_in_good_order_leaves_all_to_others_at_once(inbox: Inbox, other: Inbox) -> None:
    await inbox.receive(arrivals(1), own=True)
    await inbox.release()
    assert [kept.update_id for kept in await other.take(9)] == [1]


async def test_beginning_again_is_counted(inbox: Inbox, other: Inbox, clock: Clock) -> None:
    await inbox.receive(arrivals(1, 2), own=False)
    await inbox.take(9)
    await inbox.begin(1)
    await inbox.begin(1)
    clock.now += LEASE_SECONDS + 1
    assert [(kept.update_id, kept.attempts) for kept in await other.take(9)] == [(1, 3), (2, 1)]


async def test_on_one_machine_the_dead_are_inherited_from_at_once(url: URL, inbox: Inbox, other: Inbox) -> None:
    await inbox.receive(arrivals(1), own=True)
    await other.inherit({1})
    alone = url.get_backend_name() == "sqlite"
    assert len(await other.take(9)) == int(alone)


async def test_what_is_done_is_not_taken_and_says_nothing_any_more(url: URL, inbox: Inbox, other: Inbox) -> None:
    await inbox.receive(arrivals(1), own=True)
    await inbox.settle([1], {})
    await inbox.release()
    assert await other.take(9) == ()
    engine = connect(url)
    async with engine.connect() as connection:
        assert list((await connection.execute(text("SELECT payload FROM inbox"))).scalars()) == [""]
    await engine.dispose()


async def test_what_failed_is_kept_with_its_reason(inbox: Inbox, other: Inbox) -> None:
    await inbox.receive(arrivals(1, 2), own=True)
    await inbox.settle([], {1: "NetworkError: 钥匙\0"})
    assert await inbox.failures() == Failures(1, "NetworkError: 钥匙\N{REPLACEMENT CHARACTER}")
    assert (await inbox.count("failed"), await inbox.count("waiting")) == (1, 1)


async def test_what_cannot_be_read_is_set_aside(inbox: Inbox) -> None:
    assert await inbox.receive([Arrival(1, "{}", unreadable="a kind still to come")], own=True) == frozenset()
    assert await inbox.receive([Arrival(1, "{}", unreadable="a kind still to come")], own=True) == frozenset()
    assert await inbox.failures() == Failures(1, "a kind still to come")


async def test_what_is_done_is_forgotten_when_it_cannot_come_again(inbox: Inbox, clock: Clock) -> None:
    await inbox.receive(arrivals(1, 2, 3), own=True)
    await inbox.settle([1], {2: "x"})
    counts = []
    for seconds in (DONE_SECONDS - 1, 2):
        clock.now += seconds
        await inbox.clean()
        counts.append([await inbox.count(state) for state in ("done", "failed", "waiting")])
    assert counts == [[1, 1, 1], [0, 1, 1]]


async def test_a_database_that_takes_nothing_is_said_in_a_line(url: URL, inbox: Inbox) -> None:
    async with unwritable(url):
        with pytest.raises(StateError, match="The database fails") as caught:
            await inbox.receive(arrivals(1), own=True)
    assert "\n" not in str(caught.value)
    assert "1001" not in str(caught.value)
    assert await inbox.receive(arrivals(1), own=True) == {1}
