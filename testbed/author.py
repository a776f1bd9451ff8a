"""Text to index in any amount: nonsense made of jieba's dictionary with a fixed seed.

Words are as common as in Chinese at large, sentences and paragraphs as long as encyclopedias have them.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from retrieval.language import Tokenizer
from retrieval.records import Document, Paragraph, Source

PER_DOCUMENT = 20
_ASKING = ("是多少？", "是什么？", "在哪里？", "是谁？", "是哪一年？", "有哪些？")


class Author:
    """Writes nonsense with the statistics of Chinese."""

    def __init__(self, tokenizer: Tokenizer, seed: int) -> None:
        frequencies = {word: count for word, count, _ in tokenizer.dictionary.words() if count > 2}
        self._words = list(frequencies)
        self._sums = np.cumsum(list(frequencies.values())).tolist()
        self._random = Random(seed)

    def words(self, count: int) -> list[str]:
        """Draw words."""
        return self._random.choices(self._words, cum_weights=self._sums, k=count)

    def paragraph(self) -> str:
        """Write three to ten sentences."""
        parts = range(self._random.randint(3, 10))
        return "".join("".join(self.words(self._random.randint(12, 30))) + "。" for _ in parts)

    def documents(self, paragraphs: int) -> Iterator[Document]:
        """Write documents of some paragraphs each."""
        for number in range(0, paragraphs, PER_DOCUMENT):
            count = min(PER_DOCUMENT, paragraphs - number)
            texts = tuple(Paragraph(place, self.paragraph()) for place in range(1, count + 1))
            yield Document(Source(f"{number}.txt", "".join(self.words(3))), texts)

    def question(self, text: str) -> str:
        """Ask about a piece of a text."""
        start = self._random.randrange(max(len(text) - 12, 1))
        return text[start : start + 12].replace("。", "") + self._random.choice(_ASKING)
