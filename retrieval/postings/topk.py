"""The best paragraphs for a question: of a small collection by scoring all of it, of a large one by pruning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from retrieval.postings.impacts import Floats, impacts, norms
from retrieval.postings.postings import Postings
from retrieval.postings.pruning import ROUNDING, Best, Pruned, Term, in_order, taken

_REMEMBERED = 1 << 14
"""Terms whose place in the index is remembered."""
WHOLE = 20_000
"""Paragraphs up to which scoring all of them is quicker than pruning."""
_GROUPS = 128
"""Groups whose highest scores bound the lowest of the best."""


class Searcher:
    """Searches postings. It may be used by several threads at once: each search takes its own accumulator.

    ``whole`` is the number of paragraphs up to which all are scored.
    """

    def __init__(self, postings: Postings, *, whole: int = WHOLE) -> None:
        self._postings = postings
        self._whole = len(postings.lengths) <= whole
        self._count = len(postings.lengths)
        self._known: dict[str, Term | None] = {}
        self._accumulators: list[Floats] = []
        self._sums: list[NDArray[np.uint16]] = []

    def frequency(self, term: str) -> int:
        """Give the number of paragraphs that hold a term."""
        found = self._terms([term])
        return found[0].rarity if found else 0

    def scores(self, query: Iterable[str]) -> Floats:
        """Give the score of every paragraph."""
        scores = np.zeros(self._count, dtype=np.float32)
        for term in self._terms(query):
            self._add(term, scores)
        return scores

    def search(self, query: Iterable[str], *, limit: int) -> Best:
        """Give the best ``limit`` paragraphs as ``(position, score)``: best first, ties by position, none scored 0."""
        terms = self._terms(query)
        if not terms or limit < 1:
            return []
        if not self._whole:
            return Pruned(self._postings, terms, limit).run(self._accumulators, self._sums)
        scores = taken(self._accumulators, self._count, np.float32)
        for term in terms:
            self._add(term, scores)
        best = _best_of_all(scores, limit)
        scores.fill(0)
        self._accumulators.append(scores)
        return best

    def _add(self, term: Term, scores: Floats) -> None:
        """Add a term's impacts to the scores of all paragraphs."""
        postings = self._postings
        positions, frequencies = postings.all_of(term.place)
        given = norms(postings.formula, postings.lengths[positions])
        added = impacts(postings.formula, term.weight, frequencies.astype(np.float32), given)
        if term.repeated > 1:
            added = added * np.float32(term.repeated)
        # A paragraph stands in a term's list once, so nothing is added twice to one place.
        scores[positions] += added

    def _terms(self, query: Iterable[str]) -> list[Term]:
        """Look the question's terms up; the rarest first, the order in which scores are summed up."""
        asked = tuple(query)
        if len(self._known) > _REMEMBERED:
            self._known = {}  # before the question's own are looked up: none of them may be forgotten halfway
        known = self._known
        unknown = [text for text in dict.fromkeys(asked) if text not in known]
        if unknown:
            self._look_up(unknown)
        terms = [term for text in dict.fromkeys(asked) if (term := known[text]) is not None]
        if len(set(asked)) < len(asked):
            often = {known[text]: repeated for text, repeated in Counter(asked).items()}
            terms = [term._replace(repeated=often[term], bound=term.bound * often[term]) for term in terms]
        terms.sort()
        return terms

    def _look_up(self, texts: list[str]) -> None:
        """Remember terms; all at once, since NumPy takes about as long for one as for ten."""
        postings = self._postings
        places = postings.places(texts)
        self._known.update(dict.fromkeys(texts))
        found = np.flatnonzero(places >= 0)
        places = places[found]
        counts = postings.counts[places].tolist()
        columns = (counts, places.tolist(), postings.rows(places).tolist(), postings.starts[places].tolist(),
                   postings.starts[places + 1].tolist(), postings.bounds[places].tolist())  # fmt: skip
        for number, count, place, row, start, stop, bound in zip(found.tolist(), *columns, strict=True):
            weight = np.float32(postings.formula.idf(count))
            self._known[texts[number]] = Term(count, place, row, start, stop, 1, weight, bound * ROUNDING)


def _best_of_all(scores: Floats, limit: int) -> Best:
    """Give the best, from the scores of all paragraphs."""
    groups = max(_GROUPS, 4 * limit)
    width = len(scores) // groups
    least = np.float32(0)
    if width > 1:
        highest = np.maximum.reduce(scores[: groups * width].reshape(width, groups))
        highest.partition(groups - limit)
        least = highest[groups - limit]
    positions = np.flatnonzero(scores >= least) if least > 0 else np.flatnonzero(scores)
    return in_order(positions, scores[positions], limit)
