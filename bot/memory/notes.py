"""What is to be written down of an exchange or a reply: rows by table, of nothing but what JSON holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.actions import dumped
from bot.memory import audit, schema
from bot.memory.exchange import Asker, Exchange

Note = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by the name of their table."""


def of_exchange(exchange: Exchange, now: float) -> Note:
    """Return the rows of a question, its answer, the reply and its buttons."""
    asker = exchange.asker
    place = {"person_id": asker.person_id, "chat_id": asker.chat_id, "topic_id": asker.topic_id}
    button = {"key": exchange.key, "payload": dumped(exchange.kept), "person_id": asker.person_id, "time": now}
    question = {**place, "text": exchange.answer.question, "subject": exchange.subject, "time": now}
    note: Note = {
        schema.answers.name: [audit.answer_row(exchange, now)],
        schema.quotes.name: audit.quote_rows(exchange),
        schema.buttons.name: [button],
        schema.last_questions.name: [question],
    }
    if exchange.question_message_id is None:
        return note
    return {**note, **of_reply(asker, exchange.question_message_id, exchange.reply_message_id, now)}


def of_reply(asker: Asker, question_message_id: int, reply_message_id: int, now: float) -> Note:
    """Return the row that tells which message answers which."""
    row = {
        "chat_id": asker.chat_id,
        "question_message_id": question_message_id,
        "reply_message_id": reply_message_id,
        "person_id": asker.person_id,
        "time": now,
    }
    return {schema.replies.name: [row]}
