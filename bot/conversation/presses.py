"""What the bot does when one of its buttons is pressed. The press is answered before anything else is done."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import CallbackContext

from bot.conversation import buttons
from bot.conversation.answers import Answers, Reply
from bot.conversation.buttons import Kind, Press
from bot.conversation.operators import Operators
from bot.conversation.services import Requester, Services, presser
from bot.conversation.uploads import Uploads
from bot.rendering.catalogue import Html, language_of, phrases
from bot.rendering.replies import shortened

logger = logging.getLogger(__name__)

Context = CallbackContext[Any, Any, Any, Any]

# What must be kept about a message for its buttons to do what they say; a client may send any data it likes.
_NEEDED = {
    **dict.fromkeys((Kind.PAGE, Kind.CONTEXT, Kind.RELATED, Kind.NEAREST, Kind.WHY, Kind.NO_FOLLOW_UP), "question"),
    **{Kind.VOTE_UP: "answer", Kind.VOTE_DOWN: "answer", Kind.ASK: "questions", Kind.UPLOAD: "file"},
    **{Kind.DISCARD: "file", Kind.RESTORE: "kept", Kind.FORGET: "person", Kind.CANCEL: "person"},
}
_OPERATORS_ONLY = {Kind.WHY, Kind.SOURCES, Kind.UPLOAD, Kind.DISCARD, Kind.RESTORE, Kind.EXPORT}
_OWN_ONLY = {Kind.NO_FOLLOW_UP, Kind.FORGET, Kind.CANCEL}
_ASKING = {Kind.PAGE, Kind.CONTEXT, Kind.RELATED, Kind.ASK, Kind.NEAREST, Kind.NO_FOLLOW_UP}
_ANSWERING_THEMSELVES = {Kind.VOTE_UP, Kind.VOTE_DOWN, Kind.NO_FOLLOW_UP}


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press with all that belongs to it: the message it was under, what is kept about that, who pressed."""

    query: CallbackQuery
    message: Message
    press: Press
    payload: dict[str, Any]
    requester: Requester

    def number(self, place: int) -> int:
        """One of the numbers that the button sent; 0 where it sent fewer."""
        return self.press.numbers[place] if place < len(self.press.numbers) else 0


class Presses:
    """The handler of callback queries."""

    def __init__(self, services: Services, answers: Answers, operators: Operators, uploads: Uploads) -> None:
        self._services = services
        self._answers = answers
        self._does: dict[Kind, Callable[[Pressed], Awaitable[None]]] = {
            Kind.PAGE: self._page,
            Kind.CONTEXT: self._context,
            Kind.VOTE_UP: self._vote,
            Kind.VOTE_DOWN: self._vote,
            Kind.NO_FOLLOW_UP: self._no_follow_up,
            Kind.RELATED: self._related,
            Kind.ASK: self._ask,
            Kind.NEAREST: self._nearest,
            Kind.FORGET: self._forget,
            Kind.CANCEL: self._cancel,
            Kind.WHY: self._replying(lambda p: operators.why(p.payload["question"], p.requester)),
            Kind.SOURCES: self._editing(lambda p: operators.sources(p.requester, page=p.number(0), key=p.press.key)),
            Kind.RESTORE: self._editing(lambda p: operators.restore(p.payload, p.requester)),
            Kind.EXPORT: lambda p: operators.export(p.message, p.requester),
            Kind.UPLOAD: lambda p: uploads.accept(p.message, p.payload, p.requester),
            Kind.DISCARD: self._editing(lambda p: uploads.discard(p.payload, p.requester)),
        }

    async def on_press(self, update: Update, _: Context) -> None:
        """Do what a button stands for, or say why not."""
        query = update.callback_query
        if query is None:
            return
        message, press = query.message, Press.of(query.data)
        if not isinstance(message, Message) or press is None:
            requester = None
            payload = None
        else:
            requester = presser(query, message, self._services.access)
            payload = await self._services.ledger.button(press.key)
        if requester is None or press is None or payload is None or not _belongs(press, payload, requester):
            await _answer(query, phrases(language_of(query.from_user.language_code)).text("out-of-date"), alert=True)
            return
        assert isinstance(message, Message)  # noqa: S101 - there is a requester
        if refusal := await self._refusal(press, payload, requester):
            await _answer(query, refusal, alert=True)
            return
        if press.kind not in _ANSWERING_THEMSELVES:
            await _answer(query)
        await self._does[press.kind](Pressed(query, message, press, payload, requester))

    async def _refusal(self, press: Press, payload: dict[str, Any], requester: Requester) -> str | None:
        """Why this person may not press this button now."""
        person = requester.asker.person_id
        if not self._services.access.answers_in(requester.asker.chat_id):
            return requester.phrases.text("not-for-this-chat")
        if press.kind in _OPERATORS_ONLY and not requester.operator:
            return requester.phrases.text("operators-only")
        # Whoever speaks as a chat presses as himself: what he wrote is nobody's in particular.
        if press.kind in _OWN_ONLY and payload["person"] not in {person, requester.asker.chat_id}:
            return requester.phrases.text("not-your-button")
        if press.kind in _ASKING:
            verdict = await self._services.limits.admit(person, requester.asker.chat_id)
            if not verdict.allowed:
                key = "slow-down-chat" if verdict.who == "chat" else "slow-down"
                return requester.phrases.text(key, seconds=math.ceil(verdict.wait_seconds))
        return None

    async def _page(self, pressed: Pressed) -> None:
        votes = buttons.votes_in(pressed.message.reply_markup)
        key = pressed.press.key
        reply = await self._answers.page(pressed.payload, pressed.number(0), pressed.requester, key=key, votes=votes)
        await _edit(pressed.query, reply)

    async def _context(self, pressed: Pressed) -> None:
        votes = buttons.votes_in(pressed.message.reply_markup)
        key, numbers = pressed.press.key, (pressed.number(0), pressed.number(1))
        reply = await self._answers.context(pressed.payload, *numbers, pressed.requester, key=key, votes=votes)
        await _edit(pressed.query, reply)

    async def _vote(self, pressed: Pressed) -> None:
        audit, say = self._services.ledger.state.audit, pressed.requester.phrases.text
        answer, person = pressed.payload["answer"], pressed.requester.asker.person_id
        before = await audit.vote_of(answer, person)
        wanted = 1 if pressed.press.kind is Kind.VOTE_UP else -1
        vote = 0 if before == wanted else wanted
        votes = await audit.vote(answer, person, vote, press=pressed.query.id)  # type: ignore[arg-type]
        if votes is None:
            await _answer(pressed.query, say("out-of-date"), alert=True)
            return
        said = "vote-withdrawn" if before == wanted else "vote-changed" if before else "vote-noted"
        await _answer(pressed.query, say(said))
        row = buttons.vote_row(pressed.press.key, pressed.requester.phrases, up=votes.up, down=votes.down)
        await _edit_keyboard(pressed.query, buttons.with_votes(pressed.message.reply_markup, row))

    async def _no_follow_up(self, pressed: Pressed) -> None:
        await _answer(pressed.query, pressed.requester.phrases.text("follow-up-dropped"))
        reply = await self._answers.reply(pressed.payload["text"], pressed.requester, alone=True)
        await _edit(pressed.query, reply)
        if reply.exchange:
            message_id = pressed.message.message_id
            self._services.ledger.keep(replace(reply.exchange, reply_message_id=message_id))

    async def _related(self, pressed: Pressed) -> None:
        questions = await self._answers.related(pressed.payload, pressed.requester)
        rows = buttons.without(pressed.message.reply_markup, Kind.RELATED)
        if questions:
            payload = {"chat": pressed.requester.asker.chat_id, "questions": questions}
            key = await self._services.ledger.keep_button(payload, person_id=pressed.requester.asker.person_id)
            rows += buttons.question_rows(questions, key)
        await _edit_keyboard(pressed.query, InlineKeyboardMarkup(rows))

    async def _ask(self, pressed: Pressed) -> None:
        question = pressed.payload["questions"][pressed.number(0)]
        reply = await self._answers.reply(question, pressed.requester, alone=True)
        asked = pressed.requester.phrases.html("asked", question=shortened(question))
        await self._send(replace(reply, html=Html(f"{asked}\n\n{reply.html}")), pressed)

    async def _nearest(self, pressed: Pressed) -> None:
        if reply := await self._answers.nearest(pressed.payload, pressed.number(0), pressed.requester):
            await self._send(reply, pressed)

    async def _forget(self, pressed: Pressed) -> None:
        count = await self._services.ledger.forget_person(pressed.payload["person"])
        # One of them is that of this button.
        key, others = ("forgotten", count - 1) if count > 1 else ("nothing-to-forget", 0)
        await _edit(pressed.query, Reply(pressed.requester.phrases.html(key, count=others)))

    async def _cancel(self, pressed: Pressed) -> None:
        await _edit(pressed.query, Reply(pressed.requester.phrases.html("cancelled")))

    async def _send(self, reply: Reply, pressed: Pressed) -> None:
        """Send a message of its own, to the topic of the one with the button."""
        requester = pressed.requester
        sent = await pressed.message.get_bot().send_message(
            requester.asker.chat_id, reply.html, reply_markup=reply.keyboard, message_thread_id=requester.topic
        )
        if reply.exchange:
            self._services.ledger.keep(replace(reply.exchange, reply_message_id=sent.message_id))

    def _replying(self, make: Callable[[Pressed], Awaitable[Reply]]) -> Callable[[Pressed], Awaitable[None]]:
        async def do(pressed: Pressed) -> None:
            await self._send(await make(pressed), pressed)

        return do

    def _editing(self, make: Callable[[Pressed], Awaitable[Reply]]) -> Callable[[Pressed], Awaitable[None]]:
        async def do(pressed: Pressed) -> None:
            await _edit(pressed.query, await make(pressed))

        return do


def _belongs(press: Press, payload: Mapping[str, Any], requester: Requester) -> bool:
    """Whether what is kept is for this chat and this kind of button."""
    if payload["chat"] != requester.asker.chat_id or _NEEDED.get(press.kind, "chat") not in payload:
        return False
    return press.kind is not Kind.ASK or sum(press.numbers[:1]) < len(payload["questions"])


async def _answer(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    try:
        await query.answer(text, show_alert=alert)
    except (BadRequest, NetworkError, RetryAfter) as error:  # too late: the circle has stopped turning by itself
        logger.info("A press could not be answered: %s", error.message)


async def _edit(query: CallbackQuery, reply: Reply) -> None:
    try:
        await query.edit_message_text(reply.html, reply_markup=reply.keyboard)
    except BadRequest as error:
        _unless_harmless(error)


async def _edit_keyboard(query: CallbackQuery, keyboard: InlineKeyboardMarkup) -> None:
    try:
        await query.edit_message_reply_markup(keyboard)
    except BadRequest as error:
        _unless_harmless(error)


def _unless_harmless(error: BadRequest) -> None:
    """Two people have pressed the same button, or the message has been deleted meanwhile."""
    if not ("not modified" in error.message or "to edit not found" in error.message):
        raise error
