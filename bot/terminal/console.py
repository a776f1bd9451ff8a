"""``ask``: one answer for each question, as people or as programs read it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bot.conversation.passages import answered
from bot.language import Language
from bot.rendering.catalogue import phrases
from bot.rendering.screen import Styled, message, plain
from bot.terminal.screen import screen
from retrieval.records import Answer, Quote, Source

if TYPE_CHECKING:
    from retrieval.question.suggesting import Ask


def as_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as ``ask --json`` prints it.

    The shape is stable. ``synonyms``, ``corrections`` and ``partial`` (of the answer), ``also``, ``disputed``, ``more``
    and ``recognised`` (of a quote) are there only where there is something to say.
    """
    synonyms = {"synonyms": [list(pair) for pair in answer.synonyms]} if answer.synonyms else {}
    corrections = {"corrections": [list(pair) for pair in answer.corrections]} if answer.corrections else {}
    partial = {"partial": True} if answer.partial else {}
    return {
        "question": answer.question,
        "answered": answer.answered,
        "certainty": answer.certainty,
        "confidence": round(answer.confidence, 4),
        "missing": list(answer.missing),
        "answers": [_quote_as_json(quote) for quote in answer.quotes],
        **synonyms,
        **corrections,
        **partial,
    }


def _quote_as_json(quote: Quote) -> dict[str, Any]:
    sentence, paragraph = quote.sentence, quote.paragraph
    also = {"also": [_source_as_json(source) for source in quote.also]} if quote.also else {}
    disputed = {"disputed": True} if quote.disputed else {}
    more = {"more": quote.more} if quote.more else {}
    recognised = {"recognised": True} if quote.recognised else {}
    pieces = {"pieces": [list(span) for span in quote.pieces]} if quote.pieces else {}
    return {
        "sentence": sentence.text,
        "score": round(quote.score, 4),
        "highlights": [list(span) for span in quote.highlights],
        "paragraph": {
            "number": paragraph.number,
            "text": paragraph.text,
            "start": sentence.start,
            "end": sentence.end,
            "section": [*quote.headings, *((quote.lead,) if quote.lead else ())],
        },
        "document": _source_as_json(quote.source),
        **also,
        **disputed,
        **more,
        **recognised,
        **pieces,
    }


def _source_as_json(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "path": source.path,
        "author": source.author,
        "date": source.date,
        "url": source.url,
    }


async def ask(
    questions: Iterable[str], ask: Ask, *, limit: int, as_json_lines: bool, language: Language = "zh"
) -> bool:
    """Print one answer for each question that is not blank; return whether any was answered."""
    found = False
    for question in questions:
        if not question.strip():
            continue
        answer = await ask(question.strip(), limit=limit)
        found = found or answer.answered
        if as_json_lines:
            print(json.dumps(as_json(answer), ensure_ascii=False), flush=True)  # noqa: T201 - this is the output
        else:
            _show(message(answered(answer, answer.quotes), phrases(language)))
    return found


def _show(said: Styled) -> None:
    if not sys.stdout.isatty():  # without rich, which takes longer to load than a question to be answered
        print(plain(said), end="\n\n")  # noqa: T201
        return
    from rich.text import Text

    screen().print(Text.assemble(*said), soft_wrap=True, end="\n\n")
