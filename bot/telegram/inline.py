"""Inline mode: ``@bot question`` in any chat gives sentences to send there, a page at a time.

What is sent ends up in chats that the bot does not know, so only documents that everybody may see are asked.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import CallbackContext

from bot.conversation.asking import Request
from bot.conversation.passages import answered
from bot.conversation.services import Services
from bot.language import language_of
from bot.rendering import html
from bot.rendering.catalogue import Html, Phrases, phrases
from bot.rendering.excerpts import excerpt
from bot.rendering.sources import source_line
from bot.reply import say
from retrieval.records import Answer

logger = logging.getLogger(__name__)

Context = CallbackContext[Any, Any, Any, Any]

PER_PAGE = 50
_RESULTS_LIMIT = 1000
_CACHE_SECONDS = 60
_TITLE_LIMIT = 120
_START_PARAMETER = "inline"  # what /start gets from the button above the results


class Inline:
    """The handler of inline queries."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def on_query(self, update: Update, _: Context) -> None:
        """Return the sentences that answer, or suggest what to ask."""
        query = update.inline_query
        if query is None:
            return
        person = query.from_user.id
        language = phrases(language_of(query.from_user.language_code))
        if not self._services.access.answers_in(person):
            await _give(query, [], language.text("not-for-you-inline"))
        elif not (await self._services.limits.admit(person, person)).allowed:
            await _give(query, [], language.text("inline-nothing"), cache_seconds=0)
        elif question := query.query.strip():
            await self._answer(query, question, language)
        else:
            await self._suggest(query, language)

    async def _answer(self, query: InlineQuery, question: str, language: Phrases) -> None:
        first = int(query.offset) if query.offset.isdecimal() and len(query.offset) < 6 else 0
        last = min(first + PER_PAGE, _RESULTS_LIMIT)
        audience = self._services.access.public()
        answer = await self._services.answering(Request(question, last + 1, audience, "inline"))
        shown = enumerate(answer.quotes[first:last], first)
        results = [_article(number, replace(answer, quotes=(quote,)), language) for number, quote in shown]
        label = language.text("inline-start" if answer.answered else "inline-not-found")
        more = str(last) if len(answer.quotes) > last and last < _RESULTS_LIMIT else None
        await _give(query, results, label, next_offset=more)

    async def _suggest(self, query: InlineQuery, language: Phrases) -> None:
        """Offer questions; choosing one sends its answer."""
        audience = self._services.access.public()
        results: list[InlineQueryResultArticle] = []
        for question in await self._services.documents.suggestions(audience):
            answer = await self._services.documents.answer(question, limit=1, audience=audience)
            if answer.answered:
                text = html.message((say("asked", question=question), *answered(answer, answer.quotes)), language)
                hint = language.text("inline-suggestion-description")
                results.append(_result(len(results), question, hint, text))
        await _give(query, results, language.text("inline-nothing"))


def _article(number: int, answer: Answer, language: Phrases) -> InlineQueryResultArticle:
    (quote,) = answer.quotes
    sentence, _ = excerpt(quote.sentence.text, quote.highlights, limit=_TITLE_LIMIT)
    source = source_line(quote, language)
    hint = f"{language.text('maybe')} {source}" if answer.certainty == "maybe" else source
    return _result(number, sentence, hint, html.message(answered(answer, answer.quotes), language))


def _result(number: int, title: str, description: str, text: Html) -> InlineQueryResultArticle:
    content = InputTextMessageContent(text, ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True))
    return InlineQueryResultArticle(str(number), title, content, description=description)


async def _give(
    query: InlineQuery,
    results: list[InlineQueryResultArticle],
    label: str,
    *,
    next_offset: str | None = None,  # PTB would send "[]" for an empty one
    cache_seconds: int = _CACHE_SECONDS,
) -> None:
    try:
        await query.answer(
            results,
            cache_time=cache_seconds,
            is_personal=True,
            next_offset=next_offset,
            button=InlineQueryResultsButton(label, start_parameter=_START_PARAMETER),
        )
    except (BadRequest, NetworkError, RetryAfter) as error:  # the person has typed on, and waits for the next
        logger.info("An inline query could not be answered: %s", error.message)
