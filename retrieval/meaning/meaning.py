"""Meanings compared: the cosines of a question and texts, whose vectors are remembered or computed in time."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import MeaningError, MeaningTimeoutError
from retrieval.meaning.encoder import Encoder
from retrieval.meaning.vectors import Vectors

_THREADS = 4
"""At most so many texts are encoded at once, whoever asks."""


class Meaning:
    """Tells how close texts are to a question, by an encoder and the vectors that were computed before.

    The same texts get the same cosines, to the bit, whether their vectors were remembered or not. Those of questions
    are not kept.
    """

    def __init__(self, encoder: Encoder, vectors: Vectors) -> None:
        self._encoder = encoder
        self._vectors = vectors
        self._threads = ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1), "encode")

    def cosines(self, question: str, texts: Sequence[str], *, until: float | None = None) -> NDArray[np.float64]:
        """Return the cosine of the question and each text.

        What is not ready by ``until``, on the monotonic clock, is given up with ``MeaningTimeoutError``; what has been
        computed is remembered. Raises ``MeaningError`` where the encoder fails, as it does without memory.
        """
        known = self._vectors.get(texts)
        missing = dict.fromkeys(text for text in texts if text not in known)
        asked = self._threads.submit(self._encoder.question, question)
        tasks = {text: self._threads.submit(self._encoder.text, text) for text in missing}
        _, late = wait([asked, *tasks.values()], None if until is None else max(until - time.monotonic(), 0))
        for task in late:
            task.cancel()
        try:
            known |= {text: task.result() for text, task in tasks.items() if task not in late}
            self._vectors.put({text: known[text] for text in tasks if text in known})
            if not late:
                table = np.stack([known[text] for text in texts]).astype(np.float64)
                # Not by BLAS, which adds up in another order in a table of another height.
                return np.asarray((table * asked.result().astype(np.float64)).sum(axis=1))
        except Exception as error:  # those of the runtime have no other root
            raise MeaningError(self._encoder.folder, f"its model fails: {error}") from error
        raise MeaningTimeoutError

    def close(self) -> None:
        """Let go of threads and files."""
        self._threads.shutdown(cancel_futures=True)
        self._vectors.close()
