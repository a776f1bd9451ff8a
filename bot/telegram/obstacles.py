"""Why a call of the Bot API failed, in a few words for the metrics."""

from __future__ import annotations

from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, RetryAfter

from bot.operations.metrics import Obstacle


def obstacle(error: BaseException | None) -> Obstacle:
    """The kind of an error; a server's failure is one that reached it."""
    match error:
        case RetryAfter():
            return "flood"
        case Conflict():
            return "conflict"
        case BadRequest() | Forbidden():
            return "refused"
        case NetworkError():  # PTB's for status 5xx as well, which it only tells in words
            return "network" if error.__cause__ is not None else "server"
        case _:
            return "other"
