"""How fast people and chats may ask: leaky buckets, and one polite notice where somebody is too fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aiolimiter import AsyncLimiter
from cachetools import LRUCache

_REMEMBERED = 50_000  # who asked longest ago is forgotten first: that bucket is most likely empty again
_MINUTE_SECONDS = 60

Who = Literal["person", "chat"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a question may be asked now; if not, whose limit is reached and within how many seconds it may.

    ``notice`` is true for the first refusal since that limit was reached, the only one that is answered.
    """

    allowed: bool
    who: Who | None = None
    wait_seconds: float = 0.0
    notice: bool = False


ALLOWED = Verdict(allowed=True)


class Limits:
    """The limits of a person and of a chat together, in questions a minute; 0 stands for no limit.

    As many as a minute allows may come at once. Each process counts for itself.
    """

    def __init__(self, *, person_per_minute: int, chat_per_minute: int) -> None:
        self._per_minute: dict[Who, int] = {"person": person_per_minute, "chat": chat_per_minute}
        self._limiters: LRUCache[tuple[Who, int], AsyncLimiter] = LRUCache(_REMEMBERED)
        self._noticed: LRUCache[tuple[Who, int], bool] = LRUCache(_REMEMBERED)

    async def admit(self, person_id: int, chat_id: int) -> Verdict:
        """Count a question, if both limits allow it; one that is refused counts for neither.

        In private, where person and chat have the same id, only the person's limit holds.
        """
        asking: list[tuple[Who, int]] = [("person", person_id)]
        if chat_id != person_id:
            asking.append(("chat", chat_id))
        limited = {
            one: self._limiters.setdefault(one, AsyncLimiter(per_minute, _MINUTE_SECONDS))
            for one in asking
            if (per_minute := self._per_minute[one[0]])
        }
        for one, limiter in limited.items():
            if not limiter.has_capacity():
                seconds, noticed = _MINUTE_SECONDS / limiter.max_rate, one in self._noticed
                self._noticed[one] = True
                return Verdict(allowed=False, who=one[0], wait_seconds=seconds, notice=not noticed)
        for one, limiter in limited.items():
            await limiter.acquire()  # there is room, so nobody waits here
            self._noticed.pop(one, None)
        return ALLOWED
