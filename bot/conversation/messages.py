"""What the bot does with messages, edited messages and being added to chats."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from telegram import Chat, ChatMember, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import CallbackContext

from bot.conversation import buttons, courtesy
from bot.conversation.addressing import Call, Command, addressed, from_person
from bot.conversation.answers import Answers, Reply
from bot.conversation.operators import Operators
from bot.conversation.services import Requester, Services, presser, writer
from bot.conversation.uploads import Uploads
from bot.rendering.catalogue import Phrases, language_of, phrases

logger = logging.getLogger(__name__)

Context = CallbackContext[Any, Any, Any, Any]

_MEMBER = {ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED}
_DAY_SECONDS = 86_400
_WORDLESS_SECONDS = 10  # an album of ten pictures is ten messages


class Conversation:
    """The handlers of messages."""

    def __init__(self, services: Services, answers: Answers, operators: Operators, uploads: Uploads) -> None:
        self._services = services
        self._answers = answers
        self._operators = operators
        self._uploads = uploads
        self._late_seconds = services.settings.question_minutes * 60
        self._turns: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    async def on_message(self, update: Update, context: Context) -> None:
        """Answer a new message if it is meant for the bot."""
        message = update.message
        if message is None:
            return
        requester = writer(message, self._services.access)
        if message.document and requester.private and requester.operator:
            await self._send(await self._uploads.preview(message, requester), message)
            return
        call = addressed(message, context.bot.bot)
        if call is None:
            await self._say_to_wordless(message, requester, context)
        elif not self._services.access.answers_in(message.chat_id):
            await self._turn_away(message, requester, context)
        elif self._services.clock() - message.date.timestamp() > self._late_seconds:
            if await self._services.ledger.state.give_notice(
                "late", message.chat_id, within_seconds=self._late_seconds
            ):
                await message.reply_html(requester.phrases.html("late"), do_quote=True)
        elif await self._is_slow_enough(message, requester):
            async with self._turn(message):
                if reply := await self._reply(call, message, requester, context):
                    sent = await self._send(reply, message)
                    if call.command is Command.ASK and not reply.exchange:  # "hello" may be edited into a question
                        await self._services.ledger.state.remember_reply(requester.asker, message.message_id, sent)

    async def on_edited_message(self, update: Update, context: Context) -> None:
        """Edit the reply to a question that has been edited."""
        message = update.edited_message
        call = addressed(message, context.bot.bot) if message else None
        if message is None or call is None or call.command is not Command.ASK:
            return
        requester = writer(message, self._services.access)
        if not self._services.access.answers_in(message.chat_id):
            return
        async with self._turn(message):  # the question may just be being answered
            earlier = await self._services.ledger.reply_to(message.chat_id, message.message_id)
            if (
                earlier is None
                or not (await self._services.limits.admit(requester.asker.person_id, requester.asker.chat_id)).allowed
            ):
                return
            reply = await self._reply(call, message, requester, context)
            if reply is None:
                return
            try:
                await context.bot.edit_message_text(
                    reply.html, chat_id=message.chat_id, message_id=earlier, reply_markup=reply.keyboard
                )
            except BadRequest as error:
                if "not modified" in error.message:
                    return
                logger.info("An answer could not be edited (%s); it is given anew", error.message)
                await self._send(reply, message)
            else:
                self._keep(reply, message, earlier)

    async def on_membership(self, update: Update, context: Context) -> None:
        """Leave a group or channel that the bot has been added to and is not to answer in."""
        change = update.my_chat_member
        now = change.new_chat_member if change else None
        if change is None or now is None or now.status not in _MEMBER or change.chat.type == ChatType.PRIVATE:
            return
        if not self._services.access.answers_in(change.chat.id):
            await self._leave(change.chat, phrases(language_of(change.from_user.language_code)), context)

    async def on_error(self, update: object, context: Context) -> None:
        """Log what went wrong for the operator, and apologise to the person who waits for an answer."""
        error = context.error
        if isinstance(error, Forbidden):  # blocked by the person, or removed from the group
            logger.info("A reply was not wanted: %s", error)
            return
        number = update.update_id if isinstance(update, Update) else 0
        logger.error("Update %d could not be answered", number, exc_info=error)
        if isinstance(error, TelegramError) and not isinstance(error, BadRequest):
            return  # the way to the person is what failed
        if isinstance(update, Update) and (waiting := self._waiting(update)):
            message, requester = waiting
            try:
                await message.reply_html(requester.phrases.html("apology"), do_quote=True)
            except TelegramError as failure:
                logger.warning("The apology could not be sent either: %s", failure)

    def _waiting(self, update: Update) -> tuple[Message, Requester] | None:
        """Who waits for what an update asked, and under which message: one of theirs, or of the bot's with a button."""
        if update.message:
            return update.message, writer(update.message, self._services.access)
        query = update.callback_query
        if query and isinstance(query.message, Message):
            return query.message, presser(query, query.message, self._services.access)
        return None

    async def _reply(self, call: Call, message: Message, requester: Requester, context: Context) -> Reply | None:
        match call:
            case Call(Command.START):
                return await self._start(requester)
            case Call(Command.HELP):
                return Reply(requester.phrases.html("help", username=context.bot.username))
            case Call(Command.FORGET):
                return await self._forget(requester)
            case Call(Command.ASK, ""):
                return Reply(requester.phrases.html("ask-how"))
            case Call(Command.ASK):
                return await self._answers.reply(call.text, requester)
            case _:
                return await self._operators.reply(call, message, requester)

    async def _start(self, requester: Requester) -> Reply:
        html = requester.phrases.html("start")
        questions = await self._services.documents.suggestions(requester.audience) if requester.private else ()
        return await self._answers.suggesting(html, questions, requester)

    async def _forget(self, requester: Requester) -> Reply:
        payload = {"chat": requester.asker.chat_id, "person": requester.asker.person_id}
        key = await self._services.ledger.keep_button(payload, person_id=requester.asker.person_id)
        return Reply(requester.phrases.html("forget-confirm"), buttons.forget_keyboard(key, requester.phrases))

    async def _say_to_wordless(self, message: Message, requester: Requester, context: Context) -> None:
        """Say to a person what to send instead, once for a whole album. In groups it was said to others."""
        if not requester.private or not from_person(message, context.bot.bot):
            return
        said = courtesy.wordless(message, requester.phrases)
        if said is None or not self._services.access.answers_in(message.chat_id):
            return
        kind = f"wordless {said}"[:64]
        if await self._services.ledger.state.give_notice(kind, message.chat_id, within_seconds=_WORDLESS_SECONDS):
            await message.reply_html(said, do_quote=True)

    async def _is_slow_enough(self, message: Message, requester: Requester) -> bool:
        verdict = await self._services.limits.admit(requester.asker.person_id, requester.asker.chat_id)
        if verdict.notice:
            key = "slow-down-chat" if verdict.who == "chat" else "slow-down"
            seconds = math.ceil(verdict.wait_seconds)
            await message.reply_html(requester.phrases.html(key, seconds=seconds), do_quote=True)
        return verdict.allowed

    async def _turn_away(self, message: Message, requester: Requester, context: Context) -> None:
        """Tell a person once a day what to do; a group is left."""
        if not requester.private:
            await self._leave(message.chat, requester.phrases, context, message)
        elif await self._services.ledger.state.give_notice("not-for-you", message.chat_id, within_seconds=_DAY_SECONDS):
            await message.reply_html(requester.phrases.html("not-for-you", chat_id=str(message.chat_id)), do_quote=True)

    async def _leave(self, chat: Chat, language: Phrases, context: Context, message: Message | None = None) -> None:
        why = language.html("leaving", chat_id=str(chat.id))
        try:
            if message:
                await message.reply_html(why, do_quote=True)
            elif chat.type != ChatType.CHANNEL:  # nobody asked there
                await context.bot.send_message(chat.id, why)
        except TelegramError as error:
            logger.info("Leaving %d without a word: %s", chat.id, error)
        try:
            await context.bot.leave_chat(chat.id)
        except TelegramError as error:
            logger.info("%d could not be left: %s", chat.id, error)
        else:
            logger.info("Left %d, which is not among YUANJU_ALLOWED_CHATS", chat.id)

    async def _send(self, reply: Reply, message: Message) -> int:
        """Reply to a message; gives the id of the reply."""
        sent = await message.reply_html(reply.html, reply_markup=reply.keyboard, do_quote=True)
        self._keep(reply, message, sent.message_id)
        return sent.message_id

    def _keep(self, reply: Reply, message: Message, reply_message_id: int) -> None:
        if reply.exchange:
            self._services.ledger.keep(
                replace(reply.exchange, question_message_id=message.message_id, reply_message_id=reply_message_id)
            )

    @asynccontextmanager
    async def _turn(self, message: Message) -> AsyncIterator[None]:
        """One after the other what concerns the same message: its answer, and its edits in order."""
        place = (message.chat_id, message.message_id)
        lock = self._turns.get(place) or self._turns.setdefault(place, asyncio.Lock())
        async with lock:
            yield
