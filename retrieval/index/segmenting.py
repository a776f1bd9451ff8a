"""Segmentation: documents → the numbers of their terms, in other processes where there is much to do and room."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np

from retrieval.language import Bags, Tokenizer, bags
from retrieval.records import Document

BATCH = 100_000
"""Characters that are segmented together."""
ALONE = 1_500_000
"""Characters up to which starting other processes would take longer than doing it alone."""
_READING = 2
"""Processors that read meanwhile: on these alone, other processes would take more time than they save."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Paragraphs to segment: ``(topic, texts)``, where the topic is the title and the headings above the texts."""

    topics: list[tuple[str, list[str]]]

    def run(self, tokenizer: Tokenizer, topic_weight: int) -> Bags:
        """Segment the paragraphs: their own terms and, ``topic_weight`` times, those of their topic.

        People name the topic in the question, and the paragraph that answers often doesn't.
        """
        each = bags(tokenizer, [text for topic, texts in self.topics for text in (topic, *texts)])
        sizes = np.array([len(texts) for _, texts in self.topics])
        topics = np.repeat(np.cumsum(sizes + 1) - sizes - 1, sizes)
        own = np.arange(len(topics)) + np.repeat(np.arange(1, len(sizes) + 1), sizes)
        return each.poured(np.stack((own, *[topics] * topic_weight), axis=1))


class Segmentation:
    """Segments documents in the order in which they are put, from ``alone`` characters on in other ``processes``."""

    def __init__(
        self, tokenizer: Tokenizer, *, topic_weight: int, alone: int = ALONE, processes: int | None = None
    ) -> None:
        self._alone = alone
        self._tokenizer = tokenizer
        self._topic_weight = topic_weight
        self._processes = _processors() - _READING if processes is None else processes
        self._topics: list[tuple[str, list[str]]] = []
        self._waiting = 0
        self._characters = 0
        self._pool: ProcessPoolExecutor | None = None
        self._pending: deque[tuple[Task, Future[Bags]]] = deque()

    def put(self, document: Document) -> Iterator[Bags]:
        """Take a document; gives what has been segmented meanwhile."""
        last: tuple[str, ...] | None = None
        for paragraph in document.paragraphs:
            if paragraph.section != last or not self._topics:
                last = paragraph.section
                self._topics.append((" ".join((document.source.title, *last)), []))
            text = "\n".join((*paragraph.questions, paragraph.text))
            self._topics[-1][1].append(text)
            self._waiting += len(text)
            if self._waiting >= BATCH:
                yield from self._flush()
                last = None

    def finish(self) -> Iterator[Bags]:
        """Return what has not been given yet."""
        yield from self._flush()
        while self._pending:
            yield self._first()

    def close(self) -> None:
        """Stop the other processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _flush(self) -> Iterator[Bags]:
        if not self._topics:
            return
        task = Task(self._topics)
        self._characters += self._waiting
        self._topics, self._waiting = [], 0
        pool = self._started() if self._characters >= self._alone else None
        if pool is None:
            yield task.run(self._tokenizer, self._topic_weight)
            return
        self._pending.append((task, pool.submit(_work, task)))
        while len(self._pending) > 2 * self._processes:
            yield self._first()

    def _started(self) -> ProcessPoolExecutor | None:
        """Return the other processes, started if need be; ``None`` where there cannot be any."""
        if self._pool is None and self._processes > 0:
            try:
                self._pool = ProcessPoolExecutor(
                    self._processes,
                    # Not forked: other threads of this process may hold locks.
                    mp_context=get_context("spawn"),
                    initializer=_begin,
                    initargs=(self._tokenizer, self._topic_weight),
                )
            except (ImportError, OSError) as error:  # a container may have no semaphores
                _logger.info("segmenting in one process: %s", error)
                self._processes = 0
        return self._pool

    def _first(self) -> Bags:
        task, future = self._pending.popleft()
        try:
            return future.result()
        except BrokenExecutor:
            # Killed from outside, perhaps for want of memory: what it did not do is done here.
            _logger.warning("a process that segmented documents has died; going on in one process")
            self._pool, self._processes = None, 0
            return task.run(self._tokenizer, self._topic_weight)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_own: dict[str, Any] = {}
"""In a process of the pool: its tokenizer and the topic's weight."""


def _begin(tokenizer: Tokenizer, topic_weight: int) -> None:
    _own.update(tokenizer=tokenizer, topic_weight=topic_weight)


def _work(task: Task) -> Bags:
    return task.run(_own["tokenizer"], _own["topic_weight"])
