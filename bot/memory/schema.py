"""The tables of the bot's memory, and the way from an older version of them to this one.

Times are seconds since 1970 (UTC). Every table knows whom a row is about and from when it is, so that what is kept
about a person, or for too long, can be deleted; but for that of the migrations, which are about nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

from retrieval.errors import YuanjuError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


class StateError(YuanjuError):
    """The bot's memory cannot be used; the message says why and what to do."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        self.passing = passing
        super().__init__(message)


class _Words(TypeDecorator[str]):
    """Text as people write it: what no database takes (NUL, halves of characters) is replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")


# SQLite numbers rows by itself only where the key is an INTEGER, which holds 64 bits there.
_Number = BigInteger().with_variant(Integer(), "sqlite")

tables = MetaData()

version = Table("schema_version", tables, Column("number", Integer, nullable=False))

answers = Table(
    "answers",
    tables,
    Column("id", _Number, Identity(), primary_key=True),
    Column("time", Double, nullable=False, index=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=False, index=True),
    Column("question", _Words, nullable=False),
    Column("question_group", _Words, nullable=False, doc="what questions that count as the same have in common"),
    Column("answered", Boolean, nullable=False),
    Column("sure", Boolean, nullable=False, doc="false also where what was shown only may be the answer"),
    Column("confidence", Double, nullable=False),
    Column("latency_ms", Double, nullable=False),
    Column("index_version", _Words, nullable=False),
)

quotes = Table(
    "quotes",
    tables,
    Column("answer_id", _Number, ForeignKey(answers.c.id, ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    Column("path", _Words, nullable=False),
    Column("paragraph_number", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

votes = Table(
    "votes",
    tables,
    Column("answer_id", _Number, ForeignKey(answers.c.id, ondelete="CASCADE"), primary_key=True),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("value", SmallInteger, nullable=False, doc="1 or -1"),
    Column("time", Double, nullable=False),
)

last_questions = Table(
    "last_questions",
    tables,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("topic_id", BigInteger, primary_key=True, autoincrement=False, doc="0 outside topics"),
    Column("text", _Words, nullable=False),
    Column("subject", _Words, nullable=False, server_default="", doc="what it was about, unless it names another"),
    Column("time", Double, nullable=False, index=True),
)

buttons = Table(
    "buttons",
    tables,
    Column("key", String(32), primary_key=True),
    Column("payload", Text, nullable=False, doc="JSON"),
    Column("person_id", BigInteger, nullable=False, index=True),
    Column("time", Double, nullable=False, index=True),
    Column("plan", String(128), doc="what it is the plan of, where it is one: something that is done once"),
)

listed = Table(
    "listed",
    tables,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("path", _Words, nullable=False, doc="the document that was last shown under this number"),
    Column("time", Double, nullable=False, index=True),
)

replies = Table(
    "replies",
    tables,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("question_message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("reply_message_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=False, index=True),
    Column("time", Double, nullable=False, index=True),
)

notices = Table(
    "notices",
    tables,
    Column("kind", String(64), primary_key=True),
    Column("subject_id", BigInteger, primary_key=True, autoincrement=False, doc="the person or chat it was given to"),
    Column("time", Double, nullable=False, index=True),
)

inbox = Table(
    "inbox",
    tables,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False, doc="another bot numbers its own updates"),
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("payload", Text, nullable=False, doc="JSON as Telegram sent it; empty once done"),
    Column("person_id", BigInteger, nullable=False, index=True, doc="0 where nobody sent it"),
    Column("time", Double, nullable=False, index=True),
    Column("state", String(16), nullable=False, doc="waiting, done or failed"),
    Column("owner", String(32), doc="the process that handles it"),
    Column("leased_until", Double, doc="when others may take it"),
    Column("attempts", Integer, nullable=False, doc="how often a process began with it, perhaps, and did not end"),
    Column("reason", _Words, doc="why it failed"),
)

migrations = Table(
    "migrations",
    tables,
    Column("old_id", BigInteger, primary_key=True, autoincrement=False, doc="a group's, as settings may still have it"),
    Column("new_id", BigInteger, nullable=False, doc="that of the supergroup that it has become"),
)

Index("answers_by_group", answers.c.answered, answers.c.time)
Index("inbox_by_state", inbox.c.state, inbox.c.bot_id, inbox.c.update_id)
_plans = Index("buttons_by_plan", buttons.c.plan, unique=True)

Upgrade = Callable[[Connection], None]


def _tell_sure_answers(connection: Connection) -> None:
    """Until then all answers that were shown were sure."""
    connection.execute(text("ALTER TABLE answers ADD COLUMN sure BOOLEAN NOT NULL DEFAULT FALSE"))
    connection.execute(text("UPDATE answers SET sure = answered"))


def _keep_plans(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE buttons ADD COLUMN plan VARCHAR(128)"))
    _plans.create(connection)
    listed.create(connection)


def _tell_subjects(connection: Connection) -> None:
    """Until then a follow-up was completed from the last question alone."""
    connection.execute(text("ALTER TABLE last_questions ADD COLUMN subject TEXT NOT NULL DEFAULT ''"))


UPGRADES: tuple[Upgrade, ...] = (
    inbox.create,
    _tell_sure_answers,
    migrations.create,
    _tell_subjects,
    _keep_plans,
)
"""What makes version 2 of version 1, version 3 of version 2, and so on. A new database skips them all."""

_LOCK = 0x79756A75  # any number that others do not use


def prepare(connection: Connection, *, upgrades: Sequence[Upgrade] = UPGRADES) -> None:
    """Make the tables, or bring those of an older version up to date, in the caller's transaction.

    Of several processes that start at once, one does it and the others wait. Raises ``StateError`` where the
    database was written by a newer version.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    current = 1 + len(upgrades)
    found = _found(connection)
    if found is None:
        tables.create_all(connection)
        connection.execute(insert(version).values(number=current))
    elif found > current:
        raise StateError(
            f"The database was written by a newer Yuanju (version {found} of its tables; this one knows {current}). "
            "Install that version, or choose another database with YUANJU_DATABASE"
        )
    elif found < current:
        for upgrade in upgrades[found - 1 :]:
            upgrade(connection)
        connection.execute(update(version).values(number=current))


def _found(connection: Connection) -> int | None:
    """The version of the tables that are there; ``None`` where there are none."""
    if not inspect(connection).has_table(version.name):
        return None
    return int(connection.execute(select(version.c.number)).scalar_one())


def cause(error: Exception) -> str:
    """What a database says is wrong, in a line without the statement and what was to be written."""
    said = getattr(error, "orig", None) or error
    return (str(said).strip() or type(said).__name__).splitlines()[0]


def inserted(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return the start of an insert that can say what happens to rows that are there already."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # which most bots never need

        return postgresql.insert(table)
    return sqlite.insert(table)


async def put(connection: AsyncConnection, table: Table, row: Mapping[str, Any], *, where: Any = None) -> bool:
    """Write a row in place of one with the same primary key, in one step whoever else writes.

    An earlier row stays where ``where`` does not hold for it; tells whether the row was written.
    """
    keys = [column.name for column in table.primary_key]
    others = {name: value for name, value in row.items() if name not in keys}
    statement = (
        inserted(connection, table).values(row).on_conflict_do_update(index_elements=keys, set_=others, where=where)
    )
    # Drivers do not agree on the row count of an insert; what is returned is certain.
    return (await connection.execute(statement.returning(table.c[keys[0]]))).first() is not None


async def add(connection: AsyncConnection, table: Table, row: Mapping[str, Any]) -> None:
    """Write a row, unless there is one that it cannot be beside."""
    await connection.execute(inserted(connection, table).values(row).on_conflict_do_nothing())


async def add_all(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, but for those that are there already."""
    if rows:
        await connection.execute(inserted(connection, table).on_conflict_do_nothing(), rows)


async def put_all(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows in place of those with the same primary keys."""
    if not rows:
        return
    statement = inserted(connection, table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), rows)
