"""What was asked and answered: a record of every answer, the votes on it, and what an operator learns from both."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import case, delete, func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.memory import schema
from bot.memory.exchange import Exchange
from retrieval.language import normalise

DAY_SECONDS = 86_400

PRESS = "press "
"""How the kind of a notice begins that says that a press has been counted."""

Vote = Literal[1, 0, -1]
"""In favour, withdrawn, against."""


@dataclass(frozen=True, slots=True)
class Votes:
    """How many people voted for and against an answer."""

    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that found no sure answer.

    Its latest wording, how often it was asked, when last (seconds, UTC), and whether something was shown then that may
    be the answer.
    """

    question: str
    count: int
    last_time: float
    maybe: bool = False


class Day(NamedTuple):
    """How many questions of 24 hours, which begin at ``since``, had which outcome."""

    since: float
    sure: int
    maybe: int
    missed: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """What happened within some days. Latencies are in milliseconds, ``None`` where nothing was asked."""

    question_count: int
    sure_count: int
    maybe_count: int
    person_count: int
    latency_p50: float | None
    latency_p95: float | None
    votes: Votes
    days: tuple[Day, ...]

    @property
    def sure_share(self) -> float:
        """The share of the questions that were surely answered, from 0 to 1; 0 where nothing was asked."""
        return self.sure_count / max(self.question_count, 1)

    @property
    def maybe_share(self) -> float:
        """The share of the questions to which something was shown that may be the answer."""
        return self.maybe_count / max(self.question_count, 1)


class Audit:
    """Writes down every answer. ``clock`` gives seconds since 1970."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    async def vote(self, answer_id: int, person_id: int, vote: Vote, *, press: str | None = None) -> Votes | None:
        """Set a person's vote on an answer, in place of an earlier one; ``None`` where the answer is forgotten.

        What ``press`` names is done once: the same press, brought again, changes nothing.
        """
        row = {"answer_id": answer_id, "person_id": person_id, "value": vote, "time": self._clock()}
        mine = (schema.votes.c.answer_id == answer_id) & (schema.votes.c.person_id == person_id)
        try:
            async with self._engine.begin() as connection:
                if press is not None and not await first(connection, press, person_id, self._clock()):
                    pass
                elif vote == 0:
                    await connection.execute(delete(schema.votes).where(mine))
                else:
                    await schema.put(connection, schema.votes, row)
                known = select(schema.answers.c.id).where(schema.answers.c.id == answer_id)
                if (await connection.execute(known)).first() is None:
                    return None
                return await _votes(connection, schema.votes.c.answer_id == answer_id)
        except IntegrityError:  # there is no such answer any more
            return None

    async def votes(self, answer_id: int) -> Votes:
        """Return how many people voted for and against an answer."""
        async with self._engine.connect() as connection:
            return await _votes(connection, schema.votes.c.answer_id == answer_id)

    async def vote_of(self, answer_id: int, person_id: int) -> int:
        """A person's vote on an answer: 1, -1, or 0 for none."""
        votes = schema.votes.c
        mine = select(votes.value).where(votes.answer_id == answer_id, votes.person_id == person_id)
        async with self._engine.connect() as connection:
            return int((await connection.execute(mine)).scalar() or 0)

    async def is_counted(self, press: str, person_id: int) -> bool:
        """Whether what a press asks for has been done."""
        notices = schema.notices.c
        query = select(notices.time).where(notices.kind == counted(press), notices.subject_id == person_id)
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).first() is not None

    async def statistics(self, *, days: int) -> Statistics:
        """Sum up the last ``days`` days. Percentiles are by nearest rank, so each is a latency that was measured."""
        answers = schema.answers.c
        since = self._clock() - days * DAY_SECONDS
        recent = answers.time >= since
        async with self._engine.connect() as connection:
            counts = select(
                func.count(),
                func.coalesce(func.sum(case((answers.sure, 1), else_=0)), 0),
                func.coalesce(func.sum(case((answers.answered & ~answers.sure, 1), else_=0)), 0),
                func.count(answers.person_id.distinct()),
            ).where(recent)
            questions, sure, maybe, people = (await connection.execute(counts)).one()

            async def latency(share: float) -> float | None:
                rank = max(math.ceil(share * questions), 1)
                row = select(answers.latency_ms).where(recent).order_by(answers.latency_ms).offset(rank - 1).limit(1)
                return (await connection.execute(row)).scalar()

            return Statistics(
                question_count=questions,
                sure_count=sure,
                maybe_count=maybe,
                person_count=people,
                latency_p50=await latency(0.5),
                latency_p95=await latency(0.95),
                votes=await _votes(connection, schema.votes.c.time >= since),
                days=tuple([await _day(connection, since + day * DAY_SECONDS) for day in range(days)]),
            )

    async def unanswered(self, *, limit: int | None = None) -> tuple[Unanswered, ...]:
        """The questions that found no sure answer when they were last asked, the most frequent first, then the latest.

        Those that differ only in punctuation, spacing, case, width or traditional characters count as one.
        """
        answers = schema.answers.c
        missed = case((answers.sure, None), else_=answers.time)
        found = case((answers.sure, answers.time), else_=None)
        groups = (
            select(
                answers.question_group.label("name"),
                func.count(missed).label("count"),
                func.max(missed).label("last"),
            )
            .group_by(answers.question_group)
            .having(func.max(missed) > func.coalesce(func.max(found), literal(0.0)))
            .subquery()
        )
        latest = (
            select(func.max(answers.id))
            .where(answers.question_group == groups.c.name, ~answers.sure)
            .correlate(groups)
            .scalar_subquery()
        )
        rows = (
            select(answers.question, groups.c.count, groups.c.last, answers.answered)
            .select_from(groups)
            .join(schema.answers, answers.id == latest)
            .order_by(groups.c.count.desc(), groups.c.last.desc(), answers.id.desc())
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return tuple(Unanswered(*row) for row in await connection.execute(rows))


def answer_row(exchange: Exchange, now: float) -> dict[str, Any]:
    """What is written down of an answer, at the time ``now``."""
    answer = exchange.answer
    return {
        "id": exchange.id,
        "time": now,
        "chat_id": exchange.asker.chat_id,
        "person_id": exchange.asker.person_id,
        "question": answer.question,
        "question_group": group(answer.question),
        "answered": answer.answered,
        "sure": answer.certainty == "sure",
        "confidence": answer.confidence,
        "latency_ms": exchange.latency_ms,
        "index_version": exchange.index_version,
    }


def quote_rows(exchange: Exchange) -> list[dict[str, Any]]:
    """The place of every quote of an answer."""
    return [
        {
            "answer_id": exchange.id,
            "rank": rank,
            "path": quote.source.path,
            "paragraph_number": quote.paragraph.number,
            "start": quote.sentence.start,
            "end": quote.sentence.end,
        }
        for rank, quote in enumerate(exchange.answer.quotes, 1)
    ]


def unanswered_csv(rows: Iterable[Unanswered]) -> bytes:
    """The unanswered questions as a CSV file that spreadsheets open with its characters intact.

    What a spreadsheet would take for a formula gets a ``'`` in front.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(("question", "count", "last_asked_utc", "outcome"))
    for row in rows:
        formula = row.question.lstrip()[:1] in {"=", "+", "-", "@"}
        when = datetime.fromtimestamp(row.last_time, UTC).isoformat(sep=" ", timespec="seconds")
        question = "'" + row.question if formula else row.question
        outcome = "maybe" if row.maybe else "not_found"
        writer.writerow((question, row.count, when.removesuffix("+00:00"), outcome))
    return file.getvalue().encode("utf-8-sig")


def group(question: str) -> str:
    """What questions that count as the same have in common: their letters and digits, normalised.

    >>> group("ＣＰＵ 的價格？") == group("cpu的价格")
    True
    """
    text = normalise(question).text
    return "".join(filter(str.isalnum, text)) or text.strip()


def counted(press: str) -> str:
    """Return the kind of the notice that says that a press has been counted."""
    return f"{PRESS}{press}"[:64]


async def first(connection: AsyncConnection, press: str, person_id: int, now: float) -> bool:
    """Whether this is the first time that a press comes; from then on it is not."""
    row = {"kind": counted(press), "subject_id": person_id, "time": now}
    return await schema.put(connection, schema.notices, row, where=literal(False))


async def _day(connection: AsyncConnection, since: float) -> Day:
    answers = schema.answers.c
    outcomes = (answers.sure, answers.answered & ~answers.sure, ~answers.answered)
    counts = [func.coalesce(func.sum(case((outcome, 1), else_=0)), 0) for outcome in outcomes]
    within = (answers.time > since) & (answers.time <= since + DAY_SECONDS)
    return Day(since, *(await connection.execute(select(*counts).where(within))).one())


async def _votes(connection: AsyncConnection, which: Any) -> Votes:
    value = schema.votes.c.value
    sums = (func.coalesce(func.sum(case((value == sign, 1), else_=0)), 0) for sign in (1, -1))
    return Votes(*(await connection.execute(select(*sums).where(which))).one())
