"""A turn of a conversation: what a text asks in full, after the turn before it.

What names nothing itself, or points at what was named, is asked about the subject of the conversation, where the
documents about that have the words it is asked with as well as any others do. Nothing is ranked for it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping

from retrieval.language import Tokenizer, folded, normalise
from retrieval.language.function_words import VAGUE_NOUNS
from retrieval.question import Question
from retrieval.question.following_up import FollowUp, asks_for_more, follow_up
from retrieval.question.subjects import LONGEST, Turn, asking, carried, mentions, names_owner, points_at_person
from retrieval.ranking.passages import occurrences, prepare
from retrieval.records import Found, Hit

LACKED = 0.4
"""What documents about the subject may lack of the words a text asks with, though others have them.

Of the weight of a word that stands nowhere: words that stand in many documents weigh little.
"""

_PEOPLE = {"person"}
_THINGS = {"definition", "name", "place", "which"}
"""Kinds of questions whose answer names what 他 and 它 then point at."""

_NOUNS = ("n", "j", "l", "i", "x")

Search = Callable[[str], Awaitable[tuple[Question, Found]]]


async def understood(text: str, last: Turn | None, search: Search, tokenizer: Tokenizer) -> Turn:
    """Return what a text asks in full, after the ``last`` turn if there is one; the text itself where it is new.

    ``search`` returns a question as it is read, and what is found for it.
    """
    if last is None:
        return Turn("", more=True) if asks_for_more(text) else Turn(text)
    before, found = await search(last.question)

    def shape() -> tuple[str, FollowUp | None]:
        subject = mentions(before.normal.text, found, tokenizer).subject(last.subject)
        return subject, follow_up(text, last.question, tokenizer, subject=subject)

    subject, shaped = await asyncio.to_thread(shape)
    if shaped and shaped.more:
        return Turn(last.question, last.subject, more=True)
    as_it_is = Turn(shaped.question if shaped else text, subject)
    if len(text) > LONGEST:
        return as_it_is
    asked, found = await search(text)
    named = await asyncio.to_thread(mentions, asked.normal.text, found, tokenizer)
    if named.points and last.said and before.kind.name in (_PEOPLE if points_at_person(text) else _THINGS):
        said, others = await search(last.said)
        subject = (await asyncio.to_thread(mentions, said.normal.text, others, tokenizer)).subject(subject)
    if not subject or subject in named.names or (named.names and not named.points) or names_owner(text):
        return as_it_is
    about = Turn(carried(text, subject), subject, carried=True)
    if named.points:
        return about
    keeps = shaped is not None and _keeps(shaped.question, subject, asked)
    if not keeps:
        _, others = await search(about.question)
        hits = (*others.hits, *found.hits)
        keeps = await asyncio.to_thread(_lacked, _asked_with(asked, tokenizer), hits, subject, found) > LACKED
    return as_it_is if keeps else about


def _keeps(completed: str, subject: str, asked: Question) -> bool:
    """Whether a question completed by its form is about the subject still, and asks for nothing that it named itself.

    云海塔何时建成，多少钱？ and 2024年呢？ are completed by their form; 地址在哪里？ names what it asks for.
    """
    return folded(subject) in normalise(completed).text and (asked.gap is None or not asked.contents)


def _asked_with(asked: Question, tokenizer: Tokenizer) -> dict[str, tuple[str, ...]]:
    """Return the nouns of the clause that asks, or of all where it has none, each with what means the same."""
    part = tokenizer.dictionary.part
    spoken = [token for token in asked.tokens if len(token.text) > 1 and part(token.text).startswith(_NOUNS)]
    tokens = [token for token in {*asked.contents, *spoken} if token.text not in VAGUE_NOUNS]
    start = asking(asked.normal.text)
    same: dict[str, tuple[str, ...]] = {}
    for word, other in asked.synonyms:
        same[word] = (*same.get(word, ()), other)
    words = [token.text for token in tokens if token.start >= start] or [token.text for token in tokens]
    return {word: (word, *same.get(word, ())) for word in words}


def _lacked(words: Mapping[str, Iterable[str]], hits: Iterable[Hit], subject: str, found: Found) -> float:
    """Return what the best paragraph about the subject lacks of the words that the best other one has, by weight.

    1 is the weight of a word that stands nowhere.
    """
    name = folded(subject)
    weights = {word: _weight(found.frequencies.get(word, 0), found.paragraph_count) for word in words}
    best = {True: 0.0, False: 0.0}
    for hit in hits:
        head = folded("\n".join((hit.source.title, *hit.paragraph.section)))
        text = f"{head}\n{prepare(hit.paragraph).normal.text}"
        about = name in head
        covered = (word for word, same in words.items() if any(occurrences(text, one) for one in same))
        best[about] = max(best[about], sum(map(weights.__getitem__, covered)))
    return (best[False] - best[True]) / _weight(0, found.paragraph_count)


def _weight(frequency: int, count: int) -> float:
    """Return how much a word tells of which so many of the paragraphs have one; as BM25 weighs it."""
    return math.log1p((count - frequency + 0.5) / (frequency + 0.5))
