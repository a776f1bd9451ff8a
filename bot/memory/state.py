"""What the bot remembers between messages and restarts: in SQLite beside the index, or in PostgreSQL.

Several replicas may share a PostgreSQL database: whatever must happen once is one statement.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Delete, Table, delete, event, false, insert, make_url, select, update
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.actions import Kept, dumped, loaded
from bot.memory import audit, schema
from bot.memory.audit import DAY_SECONDS, PRESS, Audit
from bot.memory.exchange import Asker, new_key
from bot.memory.inbox import DURABLE, Inbox
from bot.memory.migrations import Migrations
from bot.memory.notes import Note
from bot.memory.schema import StateError, cause
from retrieval import extras
from retrieval.sharing import share

_BUSY_MS = 10_000
_CHECKPOINTS = 5
_CHECKPOINT_SECONDS = 0.1

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}


@dataclass(frozen=True, slots=True)
class LastQuestion:
    """What somebody asked last in a chat and topic, when (seconds since 1970), and what it was about.

    The ``subject`` is that of the questions before it; the text may name another.
    """

    text: str
    time: float
    subject: str = ""


class State:
    """The bot's memory. ``audit`` holds what was asked and answered; ``clock`` gives seconds since 1970.

    ``migrations`` are those of groups: what is written about one under its old id is kept under the new one.
    """

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self.clock = clock
        self.audit = Audit(engine, clock)
        self.migrations = Migrations(engine)

    def inbox(self, bot_id: int) -> Inbox:
        """What Telegram has sent to a bot, for one process to take care of."""
        return Inbox(self._engine, self.clock, bot_id=bot_id)

    async def keep(self, notes: Sequence[Note]) -> None:
        """Write notes down in one step. Those that are written already stay as they are."""
        async with self._engine.begin() as connection:
            # Not before: while this waited for the connection, a group may have become another.
            notes = [self._migrated(note) for note in notes]
            for table in (schema.answers, schema.quotes, schema.buttons):
                await schema.add_all(connection, table, _rows(notes, table))
            for table in (schema.last_questions, schema.replies):
                await schema.put_all(connection, table, _rows(notes, table))

    async def last_question(self, asker: Asker, *, within_seconds: float) -> LastQuestion | None:
        """What the asker asked last in this chat and topic, unless that is too long ago."""
        columns = schema.last_questions.c
        query = (
            select(columns.text, columns.time, columns.subject)
            .where(
                columns.person_id == asker.person_id,
                columns.chat_id.in_(self.migrations.ids(asker.chat_id)),
                columns.topic_id == asker.topic_id,
                columns.time >= self.clock() - within_seconds,
            )
            .order_by(columns.time.desc())
            .limit(1)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return LastQuestion(*row) if row else None

    async def keep_for_buttons(self, kept: Kept, *, person_id: int) -> str:
        """Keep what some buttons need; return the key that leads to it, 16 ASCII characters.

        Telegram does not prove that a pressed button belongs to the message it was shown with: what is kept is for the
        chat that it names.
        """
        row = {"key": new_key(), "payload": dumped(kept), "person_id": person_id, "time": self.clock()}
        async with self._engine.begin() as connection:
            await connection.execute(insert(schema.buttons), [row])
        return str(row["key"])

    async def planned(self, plan: str, kept: Kept, *, person_id: int) -> tuple[str, Kept]:
        """Keep what is about to be done, once for each ``plan``; return its key and what was kept at first.

        Whoever begins with the same again, after a crash or a second press, goes on with that.
        """
        row = {"key": new_key(), "payload": dumped(kept), "person_id": person_id, "time": self.clock(), "plan": plan}
        of_it = select(schema.buttons.c.key, schema.buttons.c.payload).where(schema.buttons.c.plan == plan)
        async with self._engine.execution_options(**{DURABLE: True}).begin() as connection:
            await schema.add(connection, schema.buttons, row)
            key, payload = (await connection.execute(of_it)).one()
        return key, loaded(payload) or kept

    async def plan(self, plan: str) -> tuple[str, Kept] | None:
        """Return what has been ``planned`` under this name; ``None`` where nothing has."""
        columns = schema.buttons.c
        query = select(columns.key, columns.payload).where(columns.plan == plan)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        kept = loaded(row.payload) if row else None
        return (row.key, kept) if row and kept else None

    async def keep_instead(self, key: str, kept: Kept) -> None:
        """Keep something else under a key."""
        of_it = update(schema.buttons).where(schema.buttons.c.key == key)
        async with self._engine.begin() as connection:
            await connection.execute(of_it.values(payload=dumped(kept)))

    async def list_for(self, asker: Asker, paths: Mapping[int, str]) -> None:
        """Note which documents the asker has been shown under which numbers."""
        place = {"person_id": asker.person_id, "chat_id": asker.chat_id, "time": self.clock()}
        async with self._engine.begin() as connection:
            rows = [{**place, "number": number, "path": path} for number, path in paths.items()]
            await schema.put_all(connection, schema.listed, rows)

    async def listed(self, asker: Asker, number: int) -> str | None:
        """Return the document that the asker was last shown under a number; ``None`` where there was none."""
        columns = schema.listed.c
        query = select(columns.path).where(
            columns.person_id == asker.person_id, columns.chat_id == asker.chat_id, columns.number == number
        )
        async with self._engine.connect() as connection:
            path: str | None = (await connection.execute(query)).scalar()
        return path

    async def kept_for_button(self, key: str) -> Kept | None:
        """Return what is kept under a key; ``None`` where it is out of date."""
        query = select(schema.buttons.c.payload).where(schema.buttons.c.key == key)
        async with self._engine.connect() as connection:
            payload = (await connection.execute(query)).scalar()
        kept = None if payload is None else loaded(payload)
        return replace(kept, chat_id=self.migrations.current(kept.chat_id)) if kept else None

    async def reply_to(self, chat_id: int, question_message_id: int) -> int | None:
        """The message that answered this one."""
        columns = schema.replies.c
        query = select(columns.reply_message_id).where(
            columns.chat_id == chat_id, columns.question_message_id == question_message_id
        )
        async with self._engine.connect() as connection:
            message_id: int | None = (await connection.execute(query)).scalar()
        return message_id

    async def give_notice(self, kind: str, subject_id: int, *, within_seconds: float) -> bool:
        """Whether a notice of this kind is due for a person or chat, because none was given within the time.

        Asking counts as giving it: of several that ask at once, one is told yes.
        """
        now = self.clock()
        row = {"kind": kind, "subject_id": subject_id, "time": now}
        async with self._engine.begin() as connection:
            return await schema.put(
                connection, schema.notices, row, where=schema.notices.c.time <= now - within_seconds
            )

    async def forget_person(self, person_id: int, *, press: str | None = None) -> int:
        """Delete everything that is kept about a person; gives how many rows that were.

        What ``press`` names is done once: the same press, brought again, deletes nothing of what came later. That
        updates and presses are done with, which says nothing, is deleted too but not counted.
        """
        updates, notices, count = schema.inbox.c, schema.notices.c, 0
        async with self._engine.begin() as connection:
            if press is None or await audit.first(connection, press, person_id, self.clock()):
                # The update of the press is still to be answered.
                own = false() if press is None else updates.payload.contains(json.dumps(press), autoescape=True)
                await connection.execute(delete(schema.inbox).where(updates.person_id == person_id, ~own))
                earlier = notices.kind.startswith(PRESS) & (notices.kind != audit.counted(press or ""))
                await connection.execute(delete(schema.notices).where(notices.subject_id == person_id, earlier))
                for column in _OF_PERSONS:
                    count += (await connection.execute(delete(column.table).where(column == person_id))).rowcount
                others = delete(schema.notices).where(notices.subject_id == person_id, ~notices.kind.startswith(PRESS))
                count += (await connection.execute(others)).rowcount
        await self._overwrite_log()
        return count

    async def forget_older_than(self, days: float) -> int:
        """Delete everything from before ``days`` days ago; gives how many rows that were."""
        limit = self.clock() - days * DAY_SECONDS
        dated = (table for table in schema.tables.sorted_tables if "time" in table.c)
        count = await self._delete(*(delete(table).where(table.c.time < limit) for table in dated))
        await self._overwrite_log()
        return count

    def _migrated(self, note: Note) -> Note:
        """Return a note as it is now, if its group has become another: replies have stayed behind."""
        moved: dict[str, Sequence[Mapping[str, Any]]] = {}
        for table in (schema.answers.name, schema.last_questions.name, schema.replies.name):
            rows = [(row, self.migrations.current(row["chat_id"])) for row in note.get(table, ())]
            stays = table == schema.replies.name
            moved[table] = [{**row, "chat_id": now} for row, now in rows if not stays or now == row["chat_id"]]
        return {**note, **moved}

    async def _overwrite_log(self) -> None:
        """Leave nothing of what was deleted in SQLite's log of changes; in its file it is zeros already."""
        if self._engine.dialect.name == "sqlite":
            async with self._engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                for _ in range(_CHECKPOINTS):  # a backup that is just being made reads the log
                    ((busy, *_),) = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
                    if not busy:
                        return
                    await asyncio.sleep(_CHECKPOINT_SECONDS)

    async def _delete(self, *statements: Delete) -> int:
        async with self._engine.begin() as connection:
            return sum([(await connection.execute(statement)).rowcount for statement in statements])


_OF_PERSONS = (
    schema.votes.c.person_id,
    schema.answers.c.person_id,
    schema.last_questions.c.person_id,
    schema.buttons.c.person_id,
    schema.listed.c.person_id,
    schema.replies.c.person_id,
)


def _rows(notes: Sequence[Note], table: Table) -> list[Mapping[str, Any]]:
    return [row for note in notes for row in note.get(table.name, ())]


def database_url(database: str | None, folder: Path) -> URL:
    """Where the memory is: ``database``, a URL with or without the name of a driver, or else a file in ``folder``.

    Raises ``StateError`` where it is no URL of a database that is supported; the message does not repeat it.
    """
    if database is None:
        return URL.create("sqlite+aiosqlite", database=str(folder / "state.sqlite"))
    try:
        url = make_url(database)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() not in _DRIVERS:
        raise StateError(
            "YUANJU_DATABASE is no address of a PostgreSQL or SQLite database; "
            "it looks like postgresql://user:password@host:5432/name"
        )
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


@asynccontextmanager
async def opened(url: URL, *, clock: Callable[[], float] = time.time) -> AsyncIterator[State]:
    """The memory at ``url``, its tables made or brought up to date first.

    Raises ``StateError`` where it cannot be opened, or was written by a newer version.
    """
    shown = url.render_as_string(hide_password=True)
    try:
        engine = connect(url)
    except ModuleNotFoundError as error:
        raise StateError(f"The database {shown} needs the package {error.name}: {extras.command('postgres')}") from None
    except OSError as error:
        raise StateError(
            f"The database {shown} cannot be made: {error.strerror}. Choose it with YUANJU_DATABASE"
        ) from None
    try:
        try:
            async with engine.begin() as connection:
                await connection.run_sync(schema.prepare)
        except (SQLAlchemyError, OSError) as error:
            raise StateError(
                f"The database {shown} cannot be used: {cause(error)}. Choose it with YUANJU_DATABASE",
                passing=url.get_backend_name() != "sqlite" and _may_be_starting(cause(error)),
            ) from None
        state = State(engine, clock=clock)
        await state.migrations.load()
        yield state
    finally:
        await engine.dispose()


def _may_be_starting(reason: str) -> bool:
    """Whether no server answered, or one that is only starting: what it refuses for good it calls FATAL.

    >>> _may_be_starting('connection to server at "db" failed: Connection refused')
    True
    >>> _may_be_starting('connection failed: FATAL:  password authentication failed for user "ann"')
    False
    """
    return "FATAL" not in reason or "starting up" in reason


def connect(url: URL) -> AsyncEngine:
    """The engine for a database, with transactions that hold as much on SQLite as they do on PostgreSQL."""
    if url.get_backend_name() != "sqlite":
        # A connection that the server has closed in the meantime is noticed and replaced.
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        Path(url.database).touch(mode=0o600)  # what people ask is nobody else's business on this machine
        share(Path(url.database))
    # One connection: whoever writes next waits in line here, instead of trying again and again in SQLite.
    engine = create_async_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where the listener below says
        for setting in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        # What is to outlive a loss of power is on disk when it is committed; the rest outlives that of the process.
        level = "FULL" if connection.get_execution_options().get(DURABLE) else "NORMAL"
        if connection.info.get("synchronous") != level:
            connection.exec_driver_sql(f"PRAGMA synchronous={level}")
            connection.info["synchronous"] = level
        # A transaction that first reads and then wants to write fails at once where another has written meanwhile.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
