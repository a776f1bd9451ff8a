"""Measures how much each step towards today's ranking brings, each switched on in turn.

    python -m training.ladder SET.json...

The steps that are learned are measured by five folds over the questions of all sets together.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import jieba
import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from retrieval.language import Tokenizer, normalise
from retrieval.language.splitting import sentences
from retrieval.postings.bm25 import PostingsBM25
from retrieval.question import Question
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.features import NAMES
from retrieval.ranking.model import Model, Trees
from retrieval.ranking.terms import PAIRS, WORDS
from training.boosting import ranking_model
from training.learning import Lists, hits, ranking_weights
from training.material import Asked, Collection, laid_out, load
from training.tables import Asker
from training.workshop import PENALTY, RANKED

Array = NDArray[np.float64]
Terms = Callable[[str], list[str]]
SEED, FOLDS = 1, 5
NINE = (
    "paragraph bm25",
    "sentence bm25",
    "paragraph words",
    "context words",
    "context pairs",
    "untold best pairs",
    "outside head words",
    "answer form",
    "length",
)


def stock(questions: Collection, terms: Terms) -> Array:
    """Rank as the plain recipe does: the best paragraph by rank-bm25, then its sentences by an index of their own."""
    texts = [document.paragraphs[0].text for document in questions.documents]
    paragraphs = BM25Okapi([terms(text) for text in texts])
    return _hits(
        [_sentences_of_best(one, texts, paragraphs.get_scores(terms(one.question)), terms) for one in questions.asked]
    )


def _sentences_of_best(one: Asked, texts: Sequence[str], scores: Array, terms: Terms) -> list[bool]:
    best = int(np.argmax(scores))
    bounds = [0, *(match.end() for match in re.finditer(r"[。！？]", texts[best])), len(texts[best])]
    spans = [(start, end) for start, end in pairwise(bounds) if start < end]
    own = BM25Okapi([terms(texts[best][start:end]) or [""] for start, end in spans])
    order = np.argsort(-own.get_scores(terms(one.question)), kind="stable")
    return [_right(one, best, *spans[place]) for place in order]


def collection_bm25(questions: Collection, terms: Terms, *, title: bool) -> Array:
    """Rank sentences of the best paragraphs with the statistics of the collection, by the two scores together."""
    heads = [document.source.title if title else "" for document in questions.documents]
    texts = [document.paragraphs[0].text for document in questions.documents]
    paragraphs = PostingsBM25([terms(text) + terms(head) for text, head in zip(texts, heads, strict=True)])
    cut = [sentences(text) for text in texts]
    owner = [place for place, parts in enumerate(cut) for _ in parts]
    first = np.cumsum([0, *(len(parts) for parts in cut)])
    alone = PostingsBM25([terms(sentence.text) for parts in cut for sentence in parts])
    ranked = []
    for one in questions.asked:
        asked = terms(one.question)
        score = np.asarray(alone.get_scores(asked))
        found = paragraphs.search(asked, limit=5)
        rows = [row for place, _ in found for row in range(first[place], first[place + 1])]
        value = dict(found)
        top = max(value.values(), default=1.0)
        high = max((float(score[row]) for row in rows), default=1.0) or 1.0
        rows.sort(key=lambda row: -(value[owner[row]] / top + float(score[row]) / high))
        places = [(owner[row], cut[owner[row]][row - first[owner[row]]]) for row in rows[:3]]
        ranked.append([_right(one, place, sentence.start, sentence.end) for place, sentence in places])
    return _hits(ranked)


def _right(one: Asked, place: int, start: int, end: int) -> bool:
    return any(start <= a and b <= end for a, b in one.right.get(place, ()))


def _hits(ranked: Sequence[Sequence[bool]]) -> Array:
    return np.asarray(np.mean([[any(right[:1]), any(right[:3])] for right in ranked], axis=0))


def five_by_hand(evidence: Evidence) -> Array:
    """Join five terms by hand, none of them learned."""
    context = evidence.shares["context"][PAIRS]
    outside = evidence.shares["outside head"][WORDS]
    paragraph = evidence.scores / evidence.scores.max()
    alone = evidence.bm25 / max(float(evidence.bm25.max()), 1e-9)
    return np.asarray(3 * context + alone + outside + paragraph + 0.15 * (evidence.forms.count > 0))


def by_hand(asker: Asker, questions: Collection) -> Array:
    """Rank by five terms."""
    ranked = []
    with asker.indexed(questions) as engine:
        for one in questions.asked:
            asked, found = asker.search(engine, one.question)
            if not found.hits:
                ranked.append([False])
                continue
            evidence = asker.evidence(asked, found)
            order = np.argsort(-five_by_hand(evidence), kind="stable")[:3].tolist()
            hits = [evidence.passages.hits[int(evidence.hit[row])] for row in order]
            ranked.append(
                [questions.answers(one, hit, evidence.sentence_at(row)) for hit, row in zip(hits, order, strict=True)]
            )
    return _hits(ranked)


def learned(lists: Sequence[Lists], names: Sequence[str], *, trees: bool) -> list[Array]:
    """Rank by some of the features, learned on four fifths of all questions."""
    columns = [NAMES.index(name) for name in names]
    parts = [Lists(part.features[:, columns], part.right, part.question, part.asked) for part in lists]
    folds = [part.question // 7 % FOLDS for part in parts]
    values = [np.zeros(len(part.right)) for part in parts]
    for fold in range(FOLDS):
        kept = [part.where(of != fold) for part, of in zip(parts, folds, strict=True)]
        if trees:
            model, _ = ranking_model(kept, penalty=PENALTY, seed=SEED)
        else:
            model = Model(ranking_weights(kept, penalty=PENALTY), Trees.of((), ()))
        for part, of, value in zip(parts, folds, values, strict=True):
            value[of == fold] = model.values(part.features[of == fold])
    return [
        np.array(list(hits(part, value, questions=part.asked).values()))
        for part, value in zip(parts, values, strict=True)
    ]


def main() -> None:
    """Print a line for each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    materials = load(parser.parse_args().sets)
    sets = [laid_out(one, RANKED[0], Random(SEED)) for one in materials]
    with TemporaryDirectory() as cache:
        tokenizer = Tokenizer(Path(cache))
        stock_jieba = jieba.Tokenizer()
        stock_jieba.tmp_dir = cache
        asker = Asker(tokenizer, Path(cache))

        def plain(text: str) -> list[str]:
            return [word for word in stock_jieba.cut(text) if re.search(r"\w", word)]

        def folded(text: str) -> list[str]:
            return [token.text for token in tokenizer.words(normalise(text).text)]

        def content(text: str) -> list[str]:
            asked = Question.of(text, tokenizer)
            return list(asked.terms) if asked.gap else tokenizer.terms(text)

        _print("stock rank-bm25, split at 。！？", [stock(part, plain) for part in sets])
        _print("our BM25 and sentences, whole collection", [collection_bm25(part, plain, title=False) for part in sets])
        _print("… normalised words, title", [collection_bm25(part, folded, title=True) for part in sets])
        _print("… words, characters and pairs", [collection_bm25(part, tokenizer.terms, title=True) for part in sets])
        _print("… without the words that ask", [collection_bm25(part, content, title=True) for part in sets])
        _print("five terms by hand", [by_hand(asker, part) for part in sets])
        lists = [asker.lists(one, RANKED[0], SEED) for one in materials]
        _print("nine features, learned", learned(lists, NINE, trees=False))
        _print(f"all {len(NAMES)} features, learned", learned(lists, NAMES, trees=False))
        _print("… and trees", learned(lists, NAMES, trees=True))


def _print(step: str, hits: Sequence[Array]) -> None:
    print(f"{step:45}", "  ".join(f"{100 * first:.1f} / {100 * third:.1f}" for first, third in hits), flush=True)


if __name__ == "__main__":
    main()
