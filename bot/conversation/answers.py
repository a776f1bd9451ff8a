"""From a question to the reply that people read: follow-ups, pages, context, and what to press under it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from telegram import InlineKeyboardMarkup

from bot import metrics, replies
from bot.catalogue import Html, Phrases, phrases
from bot.conversation import buttons, courtesy
from bot.conversation.asking import ask
from bot.conversation.buttons import Kind, Looks, Row
from bot.conversation.desk import Desk, Guest
from bot.documents.followups import FollowUp
from bot.memory.asker import Asker
from bot.memory.exchange import Exchange, new_key
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

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._documents = desk.documents
        self._turned: OrderedDict[Asker, tuple[str, int]] = OrderedDict()  # the page shown last, for "more?"

    async def reply(self, text: str, guest: Guest, *, alone: bool = False) -> Reply:
        """The reply to a text that may be a question; with ``alone`` it follows up on nothing."""
        if said := courtesy.remark(text, guest.phrases):
            return Reply(said)
        followed = None if alone else await self._follow_up(text, guest)
        if followed is None:
            return await self._first_page(text, text, guest)
        if not followed.question:
            return Reply(guest.phrases.html("nothing-to-follow"))
        if followed.more:
            return await self._next_page(followed.question, guest)
        return await self._first_page(followed.question, text, guest)

    async def page(self, payload: Mapping[str, Any], number: int, guest: Guest, *, key: str, votes: Row) -> Reply:
        """A page of an answer that was given, from the documents as they are now."""
        answer = await self._documents.ask(payload["question"], limit=MOST, audience=guest.audience)
        if not answer.answered:
            return Reply(_headed(payload, replies.not_found_html(answer, _language(payload)), answer))
        found = self._pages(answer, _language(payload))
        number = min(number, len(found) - 1)
        self._turn(guest.asker, answer.question, number)
        looks = self._looks(key, payload, guest, found[number], page=number, pages=len(found))
        html = replies.page_html(found[number], _language(payload))
        return Reply(_headed(payload, html, answer), buttons.answer_keyboard(looks, _language(payload), votes=votes))

    async def context(
        self, payload: Mapping[str, Any], number: int, screen: int, guest: Guest, *, key: str, votes: Row
    ) -> Reply:
        """A page with the paragraphs around its sentences."""
        answer = await self._documents.ask(payload["question"], limit=MOST, audience=guest.audience)
        if not answer.answered:
            return Reply(_headed(payload, replies.not_found_html(answer, _language(payload)), answer))
        found = self._pages(answer, _language(payload))
        number = min(number, len(found) - 1)
        screens = replies.context_screens(found[number], _language(payload))
        screen = min(screen, len(screens) - 1)
        looks = self._looks(key, payload, guest, found[number], page=number, pages=len(found))
        looks = replace(looks, screen=screen, screens=len(screens))
        return Reply(
            _headed(payload, screens[screen], answer), buttons.answer_keyboard(looks, _language(payload), votes=votes)
        )

    async def related(self, payload: Mapping[str, Any], guest: Guest) -> tuple[str, ...]:
        """Questions that go on from an answer that was given, or else others that the documents answer."""
        limit = self._desk.settings.limit
        answer = await self._documents.ask(payload["question"], limit=limit, audience=guest.audience)
        if found := await self._documents.related(answer, guest.audience):
            return found
        others = await self._documents.suggestions(guest.audience)
        return tuple(question for question in others if question != payload["question"])[:_SUGGESTED]

    async def nearest(self, payload: Mapping[str, Any], number: int, guest: Guest) -> Reply | None:
        """One of the places that came nearest to a question without an answer."""
        found = await self._documents.nearest(payload["question"], limit=_NEAREST, audience=guest.audience)
        if number >= len(found):
            return None
        return Reply(replies.context_screens(found[number : number + 1], guest.phrases)[0])

    async def suggesting(self, html: Html, questions: Sequence[str], guest: Guest) -> Reply:
        """A message with questions to tap beneath it, where there are any."""
        if not questions:
            return Reply(html)
        payload = {"chat": guest.asker.chat_id, "questions": list(questions)}
        key = await self._desk.ledger.keep_button(payload, person_id=guest.asker.person_id)
        lines = Html(f"{html}\n\n{guest.phrases.html('start-suggestions')}")
        return Reply(lines, InlineKeyboardMarkup(buttons.question_rows(questions, key)))

    async def _follow_up(self, text: str, guest: Guest) -> FollowUp | None:
        """The whole question, where this one follows up; an empty one where there is none to follow."""
        within = self._desk.settings.follow_up_minutes * 60
        if not within:
            return None
        last = await self._desk.ledger.last_question(guest.asker, within_seconds=within)
        if last is not None:
            return self._documents.follow_up(text, last.text)
        followed = self._documents.follow_up(text, text)
        return FollowUp("", more=True) if followed and followed.more else None

    async def _first_page(self, question: str, text: str, guest: Guest) -> Reply:
        """The answer to ``question``; ``text`` is how it was put."""
        limit = self._desk.settings.limit
        # One more than is shown tells whether there is more.
        answer, milliseconds = await self._ask(question, limit + 1, guest)
        payload = self._payload(question, text, guest)
        self._turn(guest.asker, question, 0)
        if not answer.answered:
            return await self._miss(answer, payload, guest, milliseconds)
        return self._shown(answer, 0, payload, guest, milliseconds)

    async def _next_page(self, question: str, guest: Guest) -> Reply:
        before = self._turned.get(guest.asker)
        number = before[1] + 1 if before and before[0] == question else 1
        answer, milliseconds = await self._ask(question, MOST, guest)
        if number >= len(self._pages(answer, guest.phrases)):
            return Reply(guest.phrases.html("no-more"))
        self._turn(guest.asker, question, number)
        return self._shown(answer, number, self._payload(question, question, guest), guest, milliseconds)

    async def _ask(self, question: str, limit: int, guest: Guest) -> tuple[Answer, float]:
        place: metrics.Place = "private" if guest.private else "group"
        return await ask(self._desk, question, limit=limit, audience=guest.audience, place=place)

    def _shown(self, answer: Answer, number: int, payload: dict[str, Any], guest: Guest, milliseconds: float) -> Reply:
        found = self._pages(answer, guest.phrases)
        key = new_key()
        shown = replace(answer, quotes=found[number])
        looks = self._looks(key, payload, guest, found[number], page=number, pages=len(found))
        return Reply(
            _headed(payload, replies.page_html(found[number], guest.phrases), answer),
            buttons.answer_keyboard(looks, guest.phrases),
            self._exchange(shown, payload, guest, key, milliseconds),
        )

    async def _miss(self, answer: Answer, payload: dict[str, Any], guest: Guest, milliseconds: float) -> Reply:
        key = new_key()
        exchange = self._exchange(answer, payload, guest, key, milliseconds)
        if not any(map(guest.audience, (file.path for file in self._documents.files))):
            return Reply(guest.phrases.html("no-documents-here"), None, exchange)
        found = await self._documents.nearest(answer.question, limit=_NEAREST, audience=guest.audience)
        html = replies.not_found_html(answer, guest.phrases)
        rows = buttons.question_rows([replies.place_name(quote) for quote in found], key, Kind.NEAREST)
        if found:
            html = Html(f"{html}\n\n{guest.phrases.html('not-found-nearest')}")
        if payload["text"] != payload["question"]:
            rows.append([buttons.button(guest.phrases.text("button-drop-follow-up"), Kind.NO_FOLLOW_UP, key)])
        return Reply(_headed(payload, html, answer), InlineKeyboardMarkup(rows) if rows else None, exchange)

    def _payload(self, question: str, text: str, guest: Guest) -> dict[str, Any]:
        """What is kept for the buttons of an answer."""
        return {
            "chat": guest.asker.chat_id,
            "person": guest.asker.person_id,
            "language": guest.phrases.language,
            "question": question,
            "text": text,
        }

    def _exchange(
        self, answer: Answer, payload: dict[str, Any], guest: Guest, key: str, milliseconds: float
    ) -> Exchange:
        exchange = Exchange(
            guest.asker, answer, milliseconds, self._documents.version, payload=payload, key=key, reply_message_id=0
        )
        payload["answer"] = exchange.id
        return exchange

    def _pages(self, answer: Answer, language: Phrases) -> tuple[tuple[Quote, ...], ...]:
        return replies.pages(answer.quotes, language, per_page=self._desk.settings.limit)

    def _looks(
        self, key: str, payload: Mapping[str, Any], guest: Guest, quotes: tuple[Quote, ...], *, page: int, pages: int
    ) -> Looks:
        return Looks(
            key=key,
            page=page,
            pages=pages,
            context=replies.has_context(quotes),
            follow_up=payload["text"] != payload["question"],
            related=guest.private,
            why=guest.private and guest.operator,
        )

    def _turn(self, asker: Asker, question: str, number: int) -> None:
        self._turned[asker] = (question, number)
        self._turned.move_to_end(asker)
        if len(self._turned) > _MOST_REMEMBERED:
            self._turned.popitem(last=False)


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
