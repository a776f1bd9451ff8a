"""What is counted and timed, for Prometheus. No label holds what a person said or who they are."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from prometheus_client import Counter, Gauge, Histogram, Info

from retrieval.errors import MeaningTimeoutError
from retrieval.index import GenerationInfo, generation_info

if TYPE_CHECKING:
    from retrieval.library import FileReport

logger = logging.getLogger(__name__)

Stage = Literal["queue", "tokenise", "search", "rank", "encode", "answer", "send"]
Outcome = Literal["sure", "maybe", "not_found", "failed"]
Place = Literal["private", "group", "inline"]
Obstacle = Literal["network", "server", "flood", "conflict", "refused", "other"]

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_LONG_SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)

BUILD = Info("yuanju_build", "The version that runs")
QUESTIONS = Counter(
    "yuanju_questions", "Questions, by where they were asked and what came of them", ["place", "outcome"]
)
STAGE_SECONDS = Histogram("yuanju_stage_seconds", "Time that a question spends in a stage", ["stage"], buckets=_SECONDS)
SEND_RETRIES = Counter("yuanju_send_retries", "Calls of the Bot API that were made again, by why", ["reason"])
SEND_FAILURES = Counter("yuanju_send_failures", "Calls of the Bot API that were given up", ["reason"])
POLLS = Counter("yuanju_polls", "Polls that Telegram answered")
POLL_FAILURES = Counter("yuanju_poll_failures", "Polls that failed, by why", ["reason"])
INBOX_UPDATES = Gauge("yuanju_inbox_updates", "Updates that this process has taken and not dealt with")
INBOX_AGE_SECONDS = Gauge("yuanju_inbox_age_seconds", "For how long the oldest of these has been held")
READY = Gauge("yuanju_ready", "1 where questions can be answered, else 0")
HEALTHY = Gauge("yuanju_healthy", "1 where Telegram has been heard lately, else 0")
INDEX_DOCUMENTS = Gauge("yuanju_index_documents", "Documents that can be asked")
INDEX_PARAGRAPHS = Gauge("yuanju_index_paragraphs", "Paragraphs of these documents")
INDEX_UNREADABLE = Gauge("yuanju_index_unreadable_files", "Files of which something could not be read")
INDEX_BYTES = Gauge("yuanju_index_bytes", "Bytes of the index on disk")
INDEX_GENERATION = Gauge("yuanju_index_generation", "Number of the index's generation")
INDEX_TIME = Gauge("yuanju_index_timestamp_seconds", "When that generation was built")
REFRESH_SECONDS = Histogram("yuanju_refresh_seconds", "Time to bring the index in step", buckets=_LONG_SECONDS)
MEANING_FAILURES = Counter(
    "yuanju_meaning_failures", "Questions whose sentences were ranked by words alone, by why", ["reason"]
)
REFRESH_FAILURES = Counter("yuanju_refresh_failures", "Attempts at that which failed")

BUILD.info({"version": version("yuanju")})
# What has not happened yet is shown as 0: a rate is only right from the second sample on.
for _place in get_args(Place):
    for _outcome in get_args(Outcome):
        QUESTIONS.labels(_place, _outcome)
for _stage in get_args(Stage):
    STAGE_SECONDS.labels(_stage)
for _reason in get_args(Obstacle):
    for _counter in (SEND_RETRIES, SEND_FAILURES, POLL_FAILURES):
        _counter.labels(_reason)
for _reason in ("late", "failed"):
    MEANING_FAILURES.labels(_reason)


@contextmanager
def timed(name: Stage | Literal["refresh"]) -> Iterator[None]:
    """Time what is done inside; at level DEBUG the log says it of each question."""
    begun = time.perf_counter()
    try:
        yield
    except Exception as error:
        if name == "refresh":
            REFRESH_FAILURES.inc()
        elif name == "encode":
            MEANING_FAILURES.labels("late" if isinstance(error, MeaningTimeoutError) else "failed").inc()
        raise
    finally:
        observe(name, time.perf_counter() - begun)


def observe(name: Stage | Literal["refresh"], seconds: float) -> None:
    """Take down how long a stage took."""
    (REFRESH_SECONDS if name == "refresh" else STAGE_SECONDS.labels(name)).observe(seconds)
    logger.debug("%s took %.1f ms", name, 1000 * seconds)


def show_state(health: Callable[[], str | None], readiness: Callable[[], str | None]) -> None:
    """Show from now on whether the bot is healthy and ready, as these say, which give what is wrong."""
    HEALTHY.set_function(lambda: health() is None)
    READY.set_function(lambda: readiness() is None)


def show_inbox(waiting: Callable[[], int], age_seconds: Callable[[], float]) -> None:
    """Show from now on how many updates wait to be dealt with, and for how long the oldest has."""
    INBOX_UPDATES.set_function(waiting)
    INBOX_AGE_SECONDS.set_function(age_seconds)


def show_index(folder: Path, files: Callable[[], Sequence[FileReport]]) -> None:
    """Show from now on what is indexed: the generation in ``folder``, and the ``files`` as they were last read."""

    def of_generation(fact: Callable[[GenerationInfo], float]) -> Callable[[], float]:
        return lambda: 0.0 if (found := generation_info(folder)) is None else fact(found)

    INDEX_GENERATION.set_function(of_generation(lambda found: found.number))
    INDEX_BYTES.set_function(of_generation(lambda found: found.bytes))
    INDEX_TIME.set_function(of_generation(lambda found: found.time))
    INDEX_DOCUMENTS.set_function(lambda: sum(file.document_count for file in files()))
    INDEX_PARAGRAPHS.set_function(lambda: sum(file.paragraph_count for file in files()))
    INDEX_UNREADABLE.set_function(lambda: sum(file.failure_count > 0 for file in files()))
