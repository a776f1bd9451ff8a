"""Questions that a collection does not answer, made from ones that it does: what the confidence is learned from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from retrieval.evaluation import Item
from retrieval.language import Tokenizer
from retrieval.language.splitting import sentences
from retrieval.question import Question
from retrieval.records import Document, Found

_YEAR = re.compile(r"(?:1[5-9]\d\d|20[012]\d)(?=年)")
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Swapper:
    """Swaps what a question is about for something else, so that its paragraph answers it no longer.

    ``titles`` and ``words`` are what may be put in. ``whole`` is all text of the collection: a title put in occurs
    nowhere in it.
    """

    tokenizer: Tokenizer
    titles: Sequence[str]
    words: Sequence[str]
    whole: str
    random: Random

    def entity(self, item: Item, document: Document) -> str | None:
        """Swap a year for one that the paragraph does not have, else the title's name for a foreign one."""
        question, text = item.question, document.paragraphs[0].text
        year = _YEAR.search(question)
        if year:
            candidates = (
                str(int(year[0]) + self.random.choice((-1, 1)) * self.random.randint(1, 25)) for _ in range(_TRIES)
            )
            other = next((candidate for candidate in candidates if candidate not in text), None)
            return None if other is None else question[: year.start()] + other + question[year.end() :]
        name = plain(document.source.title)
        if len(name) < 2 or name not in question:
            return None
        rest = Question.of(question.replace(name, " "), self.tokenizer)
        if rest.kind.name == "definition" or len(rest.words) < 3:
            return None
        foreign = (plain(self.random.choice(self.titles)) for _ in range(_TRIES))
        other = next((title for title in foreign if len(title) > 1 and title not in self.whole), None)
        return None if other is None else question.replace(name, other)

    def word(self, item: Item, document: Document) -> str | None:
        """Swap the longest word that the paragraph shares with the question for one that the paragraph has not."""
        question = Question.of(item.question, self.tokenizer)
        text = document.paragraphs[0].text
        shared = [
            token
            for token in question.tokens
            if token.han and len(token.text) > 1 and token.text in text and token.text not in document.source.title
        ]
        others = (self.random.choice(self.words) for _ in range(_TRIES))
        other = next((word for word in others if word not in text), None)
        if not shared or other is None:
            return None
        token = max(shared, key=lambda token: len(token.text))
        normal = question.normal.text
        return normal[: token.start] + other + normal[token.end :]


def plain(title: str) -> str:
    """Give a title without what tells it apart from others of its name: 东关街 (扬州) → 东关街."""
    return re.split(r"[ _(（]", title, maxsplit=1)[0]


def without_paragraph(found: Found, path: str, terms: frozenset[str]) -> Found:
    """Give what would have been found without the paragraph at ``path``, whose terms are ``terms``."""
    return Found(
        tuple(hit for hit in found.hits if hit.source.path != path),
        found.paragraph_count - 1,
        {term: count - (term in terms) for term, count in found.frequencies.items()},
    )


def without_sentence(found: Found, item: Item) -> Found | None:
    """Give what was found with the sentences that answer cut out of their paragraph; ``None`` if nothing is left."""
    hits = []
    for hit in found.hits:
        if hit.source.path != item.path:
            hits.append(hit)
            continue
        kept = "".join(
            sentence.text
            for sentence in sentences(hit.paragraph.text)
            if not any(sentence.start < end and start < sentence.end for start, end in item.spans)
        ).strip()
        if not kept:
            return None
        hits.append(replace(hit, paragraph=replace(hit.paragraph, text=kept)))
    return Found(tuple(hits), found.paragraph_count, found.frequencies)
