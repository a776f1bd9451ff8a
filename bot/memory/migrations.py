"""Groups that have become supergroups, and so have got another id: what is kept about them follows."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.memory import schema

logger = logging.getLogger(__name__)


class Migrations:
    """The ids of groups as they were and as they are, for all replicas, and for as long as settings may name them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: dict[int, int] = {}
        self.known: Mapping[int, int] = MappingProxyType(self._known)

    def current(self, chat_id: int) -> int:
        """Return the id that a chat has now."""
        return self._known.get(chat_id, chat_id)

    def ids(self, chat_id: int) -> set[int]:
        """Return the id that a chat has now and those that it had: what is noted late may be noted under one."""
        now = self.current(chat_id)
        return {chat_id, now, *(old for old, new in self._known.items() if new == now)}

    async def load(self) -> None:
        """Take up what has been noted, before the start or by other replicas."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(schema.migrations.c.old_id, schema.migrations.c.new_id))
        self._known.update((old, new) for old, new in rows)

    async def note(self, old: int, new: int) -> None:
        """Keep that a group has another id now; whatever is kept about it from before is about that.

        Its messages have not moved: which of them answers which is of no use any more, and the numbers begin anew.
        """
        if self._known.get(old) == new:
            return
        last = schema.last_questions
        newer = last.alias()
        asked_since = exists().where(
            newer.c.chat_id == new, newer.c.person_id == last.c.person_id, newer.c.topic_id == last.c.topic_id
        )
        async with self._engine.begin() as connection:
            await schema.put(connection, schema.migrations, {"old_id": old, "new_id": new})
            await connection.execute(update(schema.answers).where(schema.answers.c.chat_id == old).values(chat_id=new))
            await connection.execute(update(last).where(last.c.chat_id == old, ~asked_since).values(chat_id=new))
            await connection.execute(delete(last).where(last.c.chat_id == old))
            await connection.execute(delete(schema.replies).where(schema.replies.c.chat_id == old))
        self._known[old] = new
        logger.info("The group %d has become a supergroup and is %d now", old, new)
