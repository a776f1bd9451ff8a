"""How long to wait for Telegram, and before it is asked again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from telegram.error import RetryAfter
from tenacity import RetryCallState, wait_exponential_jitter

from bot.memory.inbox import LEASE_SECONDS

QUESTION_SECONDS = 3600.0
"""Older questions get an apology instead of an answer; an answer is sent again for as long, at most."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. Pauses double from ``first_pause`` to ``longest_pause``, each with up to ``first_pause`` of chance more.

    ``answer`` is how long an answer may take, ``poll`` how long Telegram holds back one to a request for updates;
    together they stay below a minute, so that a connection that hangs is noticed within one.
    """

    answer: float = 40.0
    connect: float = 10.0
    poll: int = 20
    poll_answer: float = 15.0
    first_pause: float = 0.5
    longest_pause: float = 30.0
    stop: float = 8.0  # container runtimes kill after ten
    suspect: float = 2.0  # before it is begun with what may have ended the process
    look: float = 30.0  # at what Telegram says of a webhook
    lease: float = LEASE_SECONDS / 3  # until it is renewed, and taken up what processes that died have left behind
    settle: float = 1.0  # until it is known whether a group that is new is what another has become
    name: float = 60.0  # between two questions for the bot's own name
    clean: float = 60.0  # before what is too old is deleted, for which the first questions would have to wait

    @property
    def pauses(self) -> Callable[[RetryCallState], float]:
        """The pauses as tenacity takes them; where Telegram names one, it is that."""
        growing = self._growing

        def pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return growing(state) if (named := named_pause(error)) is None else named

        return pause

    @property
    def _growing(self) -> wait_exponential_jitter:
        return wait_exponential_jitter(multiplier=self.first_pause, max=self.longest_pause, jitter=self.first_pause)


def named_pause(error: BaseException | None) -> float | None:
    """The pause in seconds that Telegram asks for; ``None`` where it asks for none."""
    if not isinstance(error, RetryAfter):
        return None
    seconds = error.retry_after  # an int or a timedelta, as PTB is set
    return (seconds if isinstance(seconds, int | float) else seconds.total_seconds()) + 0.1
