"""Who asks, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asker:
    """A person in a chat and topic; ``topic_id`` is 0 outside topics.

    Somebody who speaks as a chat (an anonymous admin, a channel) is that chat: ``person_id`` is its id.
    """

    person_id: int
    chat_id: int
    topic_id: int = 0
