"""The durable inbox: what Telegram has sent, kept from before its receipt is confirmed until it has been dealt with.

Each update is owned by the process that handles it, for the time of a lease that the process renews; what a dead
process owned is taken up by another. Writing is in batches, so that an update costs no transaction of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, case, delete, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.memory import schema
from bot.memory.schema import StateError, cause

LEASE_SECONDS = 30.0
"""How long the updates of a process that has died wait for another."""

DURABLE = "durable"
"""The execution option of what must not be lost, whatever happens to the machine."""

DONE_SECONDS = 2 * 86_400.0
"""How long it is known that an update is done: Telegram sends none again after a day."""

_inbox = schema.inbox.c


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as it arrives: JSON, who sent it (0: nobody), and why it cannot even be read, where that is so."""

    update_id: int
    payload: str
    person_id: int = 0
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An update that this process has taken; ``attempts`` is how often one began with it, perhaps, and did not end."""

    update_id: int
    payload: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Failures:
    """How many updates have failed, and why the last one did."""

    count: int
    last_reason: str | None


class Inbox:
    """The updates of one bot, as one process sees them. ``clock`` gives seconds since 1970.

    Every method raises ``StateError`` where the database fails; nothing has been changed then.
    """

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float], *, bot_id: int) -> None:
        self._engine = engine
        self._durable = engine.execution_options(**{DURABLE: True})
        self._clock = clock
        self._bot_id = bot_id
        self._owner = secrets.token_hex(8)

    async def receive(self, arrivals: Sequence[Arrival], *, own: bool) -> frozenset[int]:
        """Keep what arrives, once; gives the ids of what was not known before and can be read.

        With ``own`` these are this process's to handle; otherwise they wait to be taken.
        """
        if not arrivals:
            return frozenset()
        rows = [self._row(arrival, own=own) for arrival in {one.update_id: one for one in arrivals}.values()]
        async with self._writing(durable=True) as connection:
            statement = schema.inserted(connection, schema.inbox).values(rows).on_conflict_do_nothing()
            new = set((await connection.execute(statement.returning(_inbox.update_id))).scalars())
        return frozenset(one.update_id for one in arrivals if one.update_id in new and one.unreadable is None)

    async def take(self, limit: int) -> tuple[Kept, ...]:
        """Take up to ``limit`` waiting updates that nobody owns, or whose owner has not renewed its lease, in order."""
        query = (
            select(_inbox.update_id, _inbox.payload, _inbox.attempts)
            .where(self._waiting, or_(_inbox.owner.is_(None), _inbox.leased_until < self._clock()))
            .order_by(_inbox.update_id)
            .limit(limit)
            .with_for_update(skip_locked=True)  # which SQLite passes over: there, transactions wait for each other
        )
        async with self._writing() as connection:
            taken = tuple(Kept(*row) for row in await connection.execute(query))
            if taken:
                await connection.execute(
                    update(schema.inbox)
                    .where(self._of({kept.update_id for kept in taken}))
                    .values(**self._lease(), attempts=case((_inbox.attempts < 1, 1), else_=_inbox.attempts))
                )
        return taken

    async def begin(self, update_id: int) -> None:
        """Note that this process begins with an update that an earlier one did not end."""
        async with self._writing() as connection:
            mine = self._of({update_id})
            await connection.execute(update(schema.inbox).where(mine).values(attempts=_inbox.attempts + 1))

    async def settle(self, done: Collection[int], failed: Mapping[int, str]) -> None:
        """Mark updates as done, or as failed with the reason; what those that are done said is forgotten."""
        async with self._writing() as connection:
            if done:
                values: dict[str, Any] = {"state": "done", "payload": "", "owner": None, "leased_until": None}
                await connection.execute(update(schema.inbox).where(self._of(done)).values(values))
            for update_id, reason in failed.items():
                values = {"state": "failed", "reason": reason, "owner": None, "leased_until": None}
                await connection.execute(update(schema.inbox).where(self._of({update_id})).values(values))

    async def renew(self) -> None:
        """Prolong the lease on all that this process owns."""
        async with self._writing() as connection:
            mine = self._waiting & (_inbox.owner == self._owner)
            await connection.execute(
                update(schema.inbox).where(mine).values(leased_until=self._lease()["leased_until"])
            )

    async def release(self) -> None:
        """Return up what this process owns, for another to take at once: it ends in good order."""
        async with self._writing() as connection:
            mine = self._waiting & (_inbox.owner == self._owner)
            await connection.execute(update(schema.inbox).where(mine).values(owner=None, leased_until=None, attempts=1))

    async def inherit(self, begun: Collection[int]) -> None:
        """Take over from processes before this one, where it is certain that there is no other: on SQLite.

        Of what they had received, only what is ``begun`` may be what ended them.
        """
        if self._engine.dialect.name == "sqlite":
            attempts = case((_inbox.update_id.in_(begun), _inbox.attempts), else_=0)
            values = {"owner": None, "leased_until": None, "attempts": attempts}
            async with self._writing() as connection:
                others = self._waiting & (_inbox.owner != self._owner)
                await connection.execute(update(schema.inbox).where(others).values(values))

    async def clean(self) -> None:
        """Forget which updates are done, where Telegram cannot send them again."""
        async with self._writing() as connection:
            old = (_inbox.state == "done") & (_inbox.time < self._clock() - DONE_SECONDS)
            await connection.execute(delete(schema.inbox).where(old))

    async def count(self, state: Literal["waiting", "done", "failed"]) -> int:
        """How many updates are in this state."""
        query = select(func.count()).where(_inbox.bot_id == self._bot_id, _inbox.state == state)
        async with self._writing() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def failures(self) -> Failures:
        """What has failed, as long as it is kept."""
        failed = (_inbox.bot_id == self._bot_id) & (_inbox.state == "failed")
        last = select(_inbox.reason).where(failed).order_by(_inbox.time.desc(), _inbox.update_id.desc()).limit(1)
        async with self._writing() as connection:
            count = (await connection.execute(select(func.count()).where(failed))).scalar_one()
            return Failures(int(count), (await connection.execute(last)).scalar())

    @property
    def _waiting(self) -> ColumnElement[bool]:
        return (_inbox.bot_id == self._bot_id) & (_inbox.state == "waiting")

    def _of(self, update_ids: Collection[int]) -> ColumnElement[bool]:
        return (_inbox.bot_id == self._bot_id) & _inbox.update_id.in_(update_ids)

    def _lease(self) -> dict[str, Any]:
        return {"owner": self._owner, "leased_until": self._clock() + LEASE_SECONDS}

    def _row(self, arrival: Arrival, *, own: bool) -> dict[str, Any]:
        nobody = {"owner": None, "leased_until": None}
        return {
            "bot_id": self._bot_id,
            "update_id": arrival.update_id,
            "payload": arrival.payload,
            "person_id": arrival.person_id,
            "time": self._clock(),
            "state": "failed" if arrival.unreadable else "waiting",
            "attempts": int(own),
            "reason": arrival.unreadable,
            **(self._lease() if own else nobody),
        }

    @asynccontextmanager
    async def _writing(self, *, durable: bool = False) -> AsyncIterator[AsyncConnection]:
        try:
            async with (self._durable if durable else self._engine).begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StateError(
                f"The database fails ({cause(error)}): make room on its disk, or see that its server runs"
            ) from None
