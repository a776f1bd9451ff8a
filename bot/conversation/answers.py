"""From a question to the reply that people read: follow-ups, pages, context, and what to press under it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cachetools import LRUCache
from telegram import InlineKeyboardMarkup

from bot.conversation import buttons, courtesy
from bot.conversation.asking import Request
from bot.conversation.buttons import Kind, Looks, Row
from bot.conversation.services import Requester, Services
from bot.memory.asker import Asker
from bot.memory.exchange import Exchange, new_key
from bot.operations import metrics
from bot.rendering import replies
from bot.rendering.catalogue import Html, Phrases, phrases
from retrieval.question.following_up import FollowUp
from retrieval.records import Answer, Quote

MOST = 50
"""Quotes of one answer that can be paged through."""

_NEAREST = 2
_SUGGESTED = 3
_QUESTION_SHOWN = 200
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to be sent, and what is to be kept once it has been; ``None`` where it answers no question."""

    html: Html
    keyboard: InlineKeyboardMarkup | None = None
    exchange: Exchange | None = None


class Answers:
    """Answers questions, and turns the pages of answers that were given."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._documents = services.documents
        # The page shown last, for "more?"
        self._turned: LRUCache[Asker, tuple[str, int]] = LRUCache(_MOST_REMEMBERED)

    async def reply(self, text: str, requester: Requester, *, alone: bool = False) -> Reply:
        """The reply to a text that may be a question; with ``alone`` it follows up on nothing."""
        if said := courtesy.remark(text, requester.phrases):
            return Reply(said)
        followed = None if alone else await self._follow_up(text, requester)
        if followed is None:
            return await self._first_page(text, text, requester)
        if not followed.question:
            return Reply(requester.phrases.html("nothing-to-follow"))
        if followed.more:
            return await self._next_page(followed.question, requester)
        return await self._first_page(followed.question, text, requester)

    async def page(
        self, payload: Mapping[str, Any], number: int, requester: Requester, *, key: str, votes: Row
    ) -> Reply:
        """A page of an answer that was given, from the documents as they are now."""
        answer = await self._documents.answer(payload["question"], limit=MOST, audience=requester.audience)
        if not answer.answered:
            return Reply(_headed(payload, replies.not_found_html(answer, _language(payload)), answer))
        found = self._pages(answer, _language(payload))
        number = min(number, len(found) - 1)
        self._turn(requester.asker, answer.question, number)
        looks = self._looks(key, payload, requester, found[number], page=number, pages=len(found))
        html = replies.page_html(found[number], _language(payload))
        return Reply(_headed(payload, html, answer), buttons.answer_keyboard(looks, _language(payload), votes=votes))

    async def context(
        self, payload: Mapping[str, Any], number: int, screen: int, requester: Requester, *, key: str, votes: Row
    ) -> Reply:
        """A page with the paragraphs around its sentences."""
        answer = await self._documents.answer(payload["question"], limit=MOST, audience=requester.audience)
        if not answer.answered:
            return Reply(_headed(payload, replies.not_found_html(answer, _language(payload)), answer))
        found = self._pages(answer, _language(payload))
        number = min(number, len(found) - 1)
        screens = replies.context_screens(found[number], _language(payload))
        screen = min(screen, len(screens) - 1)
        looks = self._looks(key, payload, requester, found[number], page=number, pages=len(found))
        looks = replace(looks, screen=screen, screens=len(screens))
        return Reply(
            _headed(payload, screens[screen], answer), buttons.answer_keyboard(looks, _language(payload), votes=votes)
        )

    async def related(self, payload: Mapping[str, Any], requester: Requester) -> tuple[str, ...]:
        """Questions that go on from an answer that was given, or else others that the documents answer."""
        limit = self._services.settings.limit
        answer = await self._documents.answer(payload["question"], limit=limit, audience=requester.audience)
        if found := await self._documents.related(answer, requester.audience):
            return found
        others = await self._documents.suggestions(requester.audience)
        return tuple(question for question in others if question != payload["question"])[:_SUGGESTED]

    async def nearest(self, payload: Mapping[str, Any], number: int, requester: Requester) -> Reply | None:
        """One of the places that came nearest to a question without an answer."""
        found = await self._documents.nearest(payload["question"], limit=_NEAREST, audience=requester.audience)
        if number >= len(found):
            return None
        return Reply(replies.context_screens(found[number : number + 1], requester.phrases)[0])

    async def suggesting(self, html: Html, questions: Sequence[str], requester: Requester) -> Reply:
        """A message with questions to tap beneath it, where there are any."""
        if not questions:
            return Reply(html)
        payload = {"chat": requester.asker.chat_id, "questions": list(questions)}
        key = await self._services.ledger.keep_button(payload, person_id=requester.asker.person_id)
        lines = Html(f"{html}\n\n{requester.phrases.html('start-suggestions')}")
        return Reply(lines, InlineKeyboardMarkup(buttons.question_rows(questions, key)))

    async def _follow_up(self, text: str, requester: Requester) -> FollowUp | None:
        """The whole question, where this one follows up; an empty one where there is none to follow."""
        within = self._services.settings.follow_up_minutes * 60
        if not within:
            return None
        last = await self._services.ledger.last_question(requester.asker, within_seconds=within)
        if last is not None:
            return self._documents.follow_up(text, last.text)
        followed = self._documents.follow_up(text, text)
        return FollowUp("", more=True) if followed and followed.more else None

    async def _first_page(self, question: str, text: str, requester: Requester) -> Reply:
        """The answer to ``question``; ``text`` is how it was put."""
        limit = self._services.settings.limit
        # One more than is shown tells whether there is more.
        answer, milliseconds = await self._ask(question, limit + 1, requester)
        payload = self._payload(question, text, requester)
        self._turn(requester.asker, question, 0)
        if not answer.answered:
            return await self._miss(answer, payload, requester, milliseconds)
        return self._shown(answer, 0, payload, requester, milliseconds)

    async def _next_page(self, question: str, requester: Requester) -> Reply:
        before = self._turned.get(requester.asker)
        number = before[1] + 1 if before and before[0] == question else 1
        answer, milliseconds = await self._ask(question, MOST, requester)
        if number >= len(self._pages(answer, requester.phrases)):
            return Reply(requester.phrases.html("no-more"))
        self._turn(requester.asker, question, number)
        return self._shown(answer, number, self._payload(question, question, requester), requester, milliseconds)

    async def _ask(self, question: str, limit: int, requester: Requester) -> tuple[Answer, float]:
        place: metrics.Place = "private" if requester.private else "group"
        started = time.perf_counter()
        answer = await self._services.answering(Request(question, limit, requester.audience, place))
        return answer, (time.perf_counter() - started) * 1000

    def _shown(
        self, answer: Answer, number: int, payload: dict[str, Any], requester: Requester, milliseconds: float
    ) -> Reply:
        found = self._pages(answer, requester.phrases)
        key = new_key()
        shown = replace(answer, quotes=found[number])
        looks = self._looks(key, payload, requester, found[number], page=number, pages=len(found))
        return Reply(
            _headed(payload, replies.page_html(found[number], requester.phrases), answer),
            buttons.answer_keyboard(looks, requester.phrases),
            self._exchange(shown, payload, requester, key, milliseconds),
        )

    async def _miss(self, answer: Answer, payload: dict[str, Any], requester: Requester, milliseconds: float) -> Reply:
        key = new_key()
        exchange = self._exchange(answer, payload, requester, key, milliseconds)
        if not any(map(requester.audience, (file.path for file in self._documents.files))):
            return Reply(requester.phrases.html("no-documents-here"), None, exchange)
        found = await self._documents.nearest(answer.question, limit=_NEAREST, audience=requester.audience)
        html = replies.not_found_html(answer, requester.phrases)
        rows = buttons.question_rows([replies.place_name(quote) for quote in found], key, Kind.NEAREST)
        if found:
            html = Html(f"{html}\n\n{requester.phrases.html('not-found-nearest')}")
        if payload["text"] != payload["question"]:
            rows.append([buttons.button(requester.phrases.text("button-drop-follow-up"), Kind.NO_FOLLOW_UP, key)])
        return Reply(_headed(payload, html, answer), InlineKeyboardMarkup(rows) if rows else None, exchange)

    def _payload(self, question: str, text: str, requester: Requester) -> dict[str, Any]:
        """What is kept for the buttons of an answer."""
        return {
            "chat": requester.asker.chat_id,
            "person": requester.asker.person_id,
            "language": requester.phrases.language,
            "question": question,
            "text": text,
        }

    def _exchange(
        self, answer: Answer, payload: dict[str, Any], requester: Requester, key: str, milliseconds: float
    ) -> Exchange:
        exchange = Exchange(
            requester.asker, answer, milliseconds, self._documents.version, payload=payload, key=key, reply_message_id=0
        )
        payload["answer"] = exchange.id
        return exchange

    def _pages(self, answer: Answer, language: Phrases) -> tuple[tuple[Quote, ...], ...]:
        return replies.pages(answer.quotes, language, per_page=self._services.settings.limit)

    def _looks(
        self,
        key: str,
        payload: Mapping[str, Any],
        requester: Requester,
        quotes: tuple[Quote, ...],
        *,
        page: int,
        pages: int,
    ) -> Looks:
        return Looks(
            key=key,
            page=page,
            pages=pages,
            context=replies.has_context(quotes),
            follow_up=payload["text"] != payload["question"],
            related=requester.private,
            why=requester.private and requester.operator,
        )

    def _turn(self, asker: Asker, question: str, number: int) -> None:
        self._turned[asker] = (question, number)


def _language(payload: Mapping[str, Any]) -> Phrases:
    return phrases(payload["language"])


def _headed(payload: Mapping[str, Any], html: Html, answer: Answer) -> Html:
    """With what the question was taken for above it, where it followed up, and below it that a part is missing."""
    parts = [html]
    if payload["text"] != payload["question"]:
        question = replies.shortened(payload["question"], _QUESTION_SHOWN)
        parts.insert(0, _language(payload).html("follow-up", question=question))
    if answer.partial:
        parts.append(_language(payload).html("partial"))
    return Html("\n\n".join(parts))
