"""Who asks, and the question with the reply to it, as they are kept."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from bot.actions import Kept
from retrieval.records import Answer

_KEY_BYTES = 12  # 16 characters: nobody guesses one, and 48 of the 64 bytes of callback data remain


def new_id() -> int:
    """An id for an answer: 61 bits, later ones are greater, and several processes do not give the same."""
    return time.time_ns() // 1_000_000 << 20 | secrets.randbits(20)


def new_key() -> str:
    """A key for what a button stands for: 16 ASCII characters."""
    return secrets.token_urlsafe(_KEY_BYTES)


@dataclass(frozen=True, slots=True)
class Asker:
    """A person in a chat and topic; ``topic_id`` is 0 outside topics.

    Somebody who speaks as a chat (an anonymous admin, a channel) is that chat: ``person_id`` is its id.
    """

    person_id: int
    chat_id: int
    topic_id: int = 0

    @property
    def speaks_as_chat(self) -> bool:
        """Whether it is an anonymous admin or a channel; people have ids above 0."""
        return self.person_id < 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, its answer as it was shown, and the messages they stand in.

    ``key`` leads to what is ``kept`` for the reply's buttons. ``question_message_id`` is ``None`` where a button asked.
    ``subject`` is what the conversation was about before.
    """

    asker: Asker
    answer: Answer
    latency_ms: float
    index_version: str
    kept: Kept
    key: str
    reply_message_id: int
    question_message_id: int | None = None
    subject: str = ""
    id: int = field(default_factory=new_id)
