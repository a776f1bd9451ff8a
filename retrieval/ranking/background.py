"""How common words and characters are in Chinese at large, from the frequencies in jieba's own dictionary.

In a collection of a dozen paragraphs every idf is chance: a word that stands in one of them may be rare or merely not
repeated. So each collection is counted together with a background of typical paragraphs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

from retrieval.language import Tokenizer
from retrieval.language.kept import kept
from retrieval.records import Found

PARAGRAPHS = 200
"""How many paragraphs of background each collection is counted with."""
PARAGRAPH_WORDS = 300
"""How many words such a paragraph has."""
_UNKNOWN = 1e-6
"""The rate of what the dictionary does not know, numbers and Latin words among it."""


class Background:
    """Rates of words, characters and pairs, per word of running text.

    The characters' rates are counted from the dictionary once, and kept in the tokenizer's cache folder.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._dictionary = tokenizer.dictionary
        self._characters = kept(tokenizer.cache_folder / "characters.json", self._counted)
        self._of = lru_cache(maxsize=16384)(self._share_and_rarity)

    def _counted(self) -> dict[str, float]:
        counts: dict[str, float] = {}
        for word, frequency, _ in self._dictionary.words():
            for character in word if frequency else "":
                counts[character] = counts.get(character, 0.0) + frequency
        return {character: count / self._dictionary.total for character, count in counts.items()}

    def rate(self, term: str) -> float:
        """How often a term occurs per word of running text."""
        if len(term) == 1:
            return self._characters.get(term, _UNKNOWN)
        frequency = self._dictionary.frequency(term)
        if frequency:
            return float(frequency) / float(self._dictionary.total)
        return max(math.prod(self._characters.get(character, _UNKNOWN) for character in term), _UNKNOWN)

    def _share_and_rarity(self, term: str) -> tuple[float, float]:
        """Return the share of the background's paragraphs that hold a term, and -ln of its rate."""
        rate = self.rate(term)
        return 1 - math.exp(-PARAGRAPH_WORDS * rate), -math.log(rate)

    def weights(self, found: Found, terms: Iterable[str]) -> tuple[dict[str, float], dict[str, float]]:
        """Return the idf of terms in the collection and its background together, and how rare they are in the language.

        The idf is ln(1 + (N - n + ½)/(n + ½)), where N is the number of paragraphs of both, n that of the ones which
        hold the term: in the background 1 - exp(-w·r) of them, for paragraphs of w words and a term of rate r. How rare
        a term is tells what it says that a text has it, in nats: -ln of its rate.
        """
        count = found.paragraph_count + PARAGRAPHS
        weights, rarity = {}, {}
        for term in terms:
            share, rarity[term] = self._of(term)
            holding = found.frequencies.get(term, 0) + PARAGRAPHS * share
            weights[term] = math.log1p((count - holding + 0.5) / (holding + 0.5))
        return weights, rarity
