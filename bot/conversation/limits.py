"""How fast people and chats may ask: token buckets, and one polite notice where somebody is too fast."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

_MOST_BUCKETS = 50_000  # who asked longest ago is forgotten first: that bucket is most likely full again

Who = Literal["person", "chat"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a question may be asked now; if not, whose limit is reached and after how many seconds it may.

    ``notice`` is true for the first refusal since that limit was reached, the only one that is answered.
    """

    allowed: bool
    who: Who | None = None
    wait_seconds: float = 0.0
    notice: bool = False


ALLOWED = Verdict(allowed=True)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    time: float
    noticed: bool = False


class Limiter:
    """Buckets that hold ``per_minute`` questions, and are filled again within a minute; 0 stands for no limit.

    Each process counts for itself. ``clock`` gives seconds and never goes back.
    """

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def wait_seconds(self, subject_id: int) -> float:
        """How long until the next question may be asked; 0 if now."""
        if not self._capacity:
            return 0.0
        return max(0.0, (1 - self._filled(subject_id).tokens) / self._per_second)

    def take(self, subject_id: int) -> None:
        """Count a question."""
        if self._capacity:
            bucket = self._filled(subject_id)
            bucket.tokens -= 1
            bucket.noticed = False

    def notice(self, subject_id: int) -> bool:
        """Whether to say that the limit is reached: once until the next question that is counted."""
        bucket = self._filled(subject_id)
        first, bucket.noticed = not bucket.noticed, True
        return first

    def _filled(self, subject_id: int) -> _Bucket:
        """The bucket with what has flowed in until now."""
        now = self._clock()
        bucket = self._buckets.setdefault(subject_id, _Bucket(self._capacity, now))
        self._buckets.move_to_end(subject_id)
        bucket.tokens = min(self._capacity, bucket.tokens + (now - bucket.time) * self._per_second)
        bucket.time = now
        while len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket


class Limits:
    """The limits of a person and of a chat together, in questions a minute; 0 stands for no limit."""

    def __init__(
        self, *, person_per_minute: int, chat_per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._person = Limiter(person_per_minute, clock=clock)
        self._chat = Limiter(chat_per_minute, clock=clock)

    def ask(self, person_id: int, chat_id: int) -> Verdict:
        """Count a question, if both limits allow it; one that is refused counts for neither.

        In private, where person and chat have the same id, only the person's limit holds.
        """
        if wait := self._person.wait_seconds(person_id):
            return Verdict(allowed=False, who="person", wait_seconds=wait, notice=self._person.notice(person_id))
        group = chat_id != person_id
        if group and (wait := self._chat.wait_seconds(chat_id)):
            return Verdict(allowed=False, who="chat", wait_seconds=wait, notice=self._chat.notice(chat_id))
        self._person.take(person_id)
        if group:
            self._chat.take(chat_id)
        return ALLOWED
