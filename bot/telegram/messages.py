"""What happens to messages, edited messages and being added to chats."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from cachetools import LRUCache
from telegram import Bot, Chat, ChatMember, Message, PhotoSize, Update
from telegram import Document as File
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import CallbackContext

from bot.actions import Explain
from bot.conversation.commands import Command
from bot.conversation.services import Requester, Services
from bot.conversation.turns import Conversation
from bot.conversation.uploads import MEGABYTE, names_folder, path_of
from bot.language import Language, language_of
from bot.memory.ledger import Ledger
from bot.memory.progress import waiting
from bot.rendering.catalogue import phrases
from bot.reply import Reply, Say, say
from bot.telegram import delivery
from bot.telegram.addressing import Call, addressed, from_person, replied_to
from bot.telegram.keyboards import key_in
from bot.telegram.requesters import presser, writer
from bot.telegram.slots import lent
from bot.telegram.timing import QUESTION_SECONDS

logger = logging.getLogger(__name__)

Context = CallbackContext[Any, Any, Any, Any]

_MEMBER = {ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED}
_DAY_SECONDS = 86_400
_WORDLESS_SECONDS = 10  # an album of ten pictures is ten messages
_ALBUM_SECONDS = 1.0  # between its first and its last
_ALBUMS = 1000
_PREVIEWS = 2  # at once: each is read by a process of its own
_UPLOAD_LIMIT = 20 * MEGABYTE

_VOICE = ("voice", "audio", "video_note")
_PICTURE = ("photo", "video", "animation")
_OTHERS = ("sticker", "dice", "location", "venue", "contact", "poll", "game", "story", "checklist")


class Messages:
    """The handlers of messages. ``clock`` gives seconds since 1970, as Telegram counts them."""

    def __init__(self, conversation: Conversation, services: Services, clock: Callable[[], float]) -> None:
        self._conversation = conversation
        self._state = services.ledger.state
        self._ledger = services.ledger
        self._access = services.access
        self._clock = clock
        self._previews = asyncio.Semaphore(_PREVIEWS)
        self._albums: LRUCache[str, asyncio.Event] = LRUCache(_ALBUMS)
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    async def on_message(self, update: Update, context: Context) -> None:
        """Answer a new message if it is meant for the bot."""
        message = update.message
        if message is None:
            return
        requester = writer(message, self._access)
        if requester.private and requester.operator and (file := _file_of(message)):
            async with self._previewing():
                preview = await self._preview(message, file, requester)
            await delivery.send(context.bot, preview, requester, to=message, sent=self._noting(message, requester))
            return
        call = addressed(message, context.bot.bot)
        if call and message.media_group_id:
            self._captioned(message.media_group_id).set()
        if call is None:
            async with self._in_turn(message):
                await self._answer_wordless(message, requester, context)
        elif not self._access.answers_in(message.chat_id):
            await self._turn_away(message, requester, context)
        elif self._is_late(message):
            if await self._state.give_notice("late", message.chat_id, within_seconds=QUESTION_SECONDS):
                await delivery.send(context.bot, Reply((say("late"),)), requester, to=message)
        else:
            async with self._in_turn(message):
                await self._give(call, message, requester, context)

    async def _give(self, call: Call, message: Message, requester: Requester, context: Context) -> None:
        """Reply to a call. A command that has got a reply already, before a crash, is seen to the end in that."""
        reply = await self._reply(call, message, requester)
        if reply is None:
            return
        earlier = None
        if call.command is not Command.ASK:
            earlier = await self._ledger.reply_to(message.chat_id, message.message_id)
        if earlier is None:
            await delivery.send(context.bot, reply, requester, to=message, sent=self._noting(message, requester))
            return
        with suppress(delivery.NotModified):
            await delivery.edit(context.bot, earlier, reply, requester)

    def _noting(self, message: Message, requester: Requester) -> Callable[[int], None]:
        """Return what notes which message replies to this one."""
        return partial(self._ledger.keep_reply, requester.asker, message.message_id)

    async def on_edited_message(self, update: Update, context: Context) -> None:
        """Edit the reply to a question that has been edited."""
        message = update.edited_message
        call = addressed(message, context.bot.bot) if message else None
        if message is None or call is None or call.command is not Command.ASK:
            return
        if not self._access.answers_in(message.chat_id):
            return
        requester = writer(message, self._access)
        async with self._in_turn(message):  # the question may just be being answered
            earlier = await self._ledger.reply_to(message.chat_id, message.message_id)
            if earlier is None and self._is_late(message):
                return
            reply = await self._conversation.turn(call.text, requester, certain=call.certain, edited=True)
            if reply is None:
                return
            noting = self._noting(message, requester)
            if earlier is None:  # it asks only now, as by a mention that was forgotten
                await delivery.send(context.bot, reply, requester, to=message, sent=noting)
                return
            try:
                await delivery.edit(context.bot, earlier, reply, requester, question_id=message.message_id)
            except delivery.NotModified:
                return
            except BadRequest as error:
                logger.info("An answer could not be edited (%s); it is given anew", error.message)
                await delivery.send(context.bot, reply, requester, to=message, sent=noting)

    async def on_membership(self, update: Update, context: Context) -> None:
        """Say hello to a group that the bot has been added to; leave one, or a channel, that it is not to answer in."""
        change = update.my_chat_member
        now = change.new_chat_member if change else None
        if change is None or now is None or now.status not in _MEMBER or change.chat.type == ChatType.PRIVATE:
            return
        if not self._access.answers_in(change.chat.id):
            await self._leave(change.chat, language_of(change.from_user.language_code), context)
        elif change.old_chat_member.status not in _MEMBER and change.chat.type != ChatType.CHANNEL:
            await self._say_hello(change.chat, language_of(change.from_user.language_code), context)

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
                await delivery.send(context.bot, Reply((say("apology"),)), requester, to=message)
            except TelegramError as failure:
                logger.warning("The apology could not be sent either: %s", failure)

    def _waiting(self, update: Update) -> tuple[Message, Requester] | None:
        """Who waits for what an update asked, and under which message: one of theirs, or of the bot's with a button."""
        if update.message:
            return update.message, writer(update.message, self._access)
        query = update.callback_query
        if query and isinstance(query.message, Message):
            return query.message, presser(query, query.message, self._access)
        return None

    async def _reply(self, call: Call, message: Message, requester: Requester) -> Reply | None:
        if call.command is Command.WHY and not call.text:
            answer = replied_to(message)
            if key := key_in(answer.reply_markup) if answer else None:
                return await self._explained(key, requester)
        return await self._conversation.turn(
            call.text,
            requester,
            command=call.command,
            certain=call.certain,
            turn_id=f"{message.chat_id} {message.message_id}",
        )

    async def _explained(self, key: str, requester: Requester) -> Reply:
        """As if the button of the answer that was replied to had been pressed."""
        pressed = await self._conversation.press(Explain(key), requester, press_id="")
        change = await pressed.work() if pressed.work else None
        return change.reply if change else Reply((pressed.notice or say("why-how"),))

    @asynccontextmanager
    async def _previewing(self) -> AsyncIterator[None]:
        """Wait until one more file may be read."""
        async with lent():
            with waiting():
                await self._previews.acquire()
            try:
                yield
            finally:
                self._previews.release()

    async def _preview(self, message: Message, file: File | PhotoSize, requester: Requester) -> Reply:
        """What a file would become that an operator has sent; a photo has no name but its date's."""
        photographed = f"photo-{message.date:%Y%m%d}-{message.message_id}.jpg"
        name = (file.file_name or "") if isinstance(file, File) else photographed
        caption, size = message.caption or "", file.file_size or 0
        if size > _UPLOAD_LIMIT:
            megabytes = {"size": round(size / MEGABYTE, 1), "limit": _UPLOAD_LIMIT // MEGABYTE}
            return Reply((say("upload-too-big", name=path_of(name, ""), **megabytes),))
        try:
            content = await _downloaded(message.get_bot(), file.file_id)
        except TelegramError as error:
            return Reply((say("upload-unreadable", name=path_of(name, ""), reason=error.message),))
        return await self._conversation.upload(name, content, caption, requester)

    async def _answer_wordless(self, message: Message, requester: Requester, context: Context) -> None:
        """Say to a person what to send instead, once for a whole album. In groups it was said to others."""
        if not requester.private or not from_person(message, context.bot.bot):
            return
        remark = _wordless(message)
        if remark is None or not self._access.answers_in(message.chat_id) or await self._is_captioned(message):
            return
        if await self._state.give_notice(f"wordless {remark.key}", message.chat_id, within_seconds=_WORDLESS_SECONDS):
            await delivery.send(
                context.bot, Reply((remark,)), requester, to=message, sent=self._noting(message, requester)
            )

    async def _turn_away(self, message: Message, requester: Requester, context: Context) -> None:
        """Tell a person once a day what to do; a group is left."""
        if not requester.private:
            await self._leave(message.chat, requester.language, context, message)
        elif await self._state.give_notice("not-for-you", message.chat_id, within_seconds=_DAY_SECONDS):
            refusal = Reply((say("not-for-you", chat_id=str(message.chat_id)),))
            await delivery.send(context.bot, refusal, requester, to=message)

    async def _say_hello(self, chat: Chat, language: Language, context: Context) -> None:
        if not await self._state.give_notice("hello", chat.id, within_seconds=_DAY_SECONDS):
            return
        me = context.bot.bot
        sees = say("hello-sees-all") if me.can_read_all_group_messages else say("hello-sees-own")
        await context.bot.send_message(chat.id, phrases(language).html("hello", username=me.username or "", sees=sees))

    async def _leave(self, chat: Chat, language: Language, context: Context, message: Message | None = None) -> None:
        why = phrases(language).html("leaving", chat_id=str(chat.id))
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

    def _is_late(self, message: Message) -> bool:
        return self._clock() - message.date.timestamp() > QUESTION_SECONDS

    def _captioned(self, album: str) -> asyncio.Event:
        """What is set as soon as a picture of this album has come with words, which are answered for all."""
        return self._albums.setdefault(album, asyncio.Event())

    async def _is_captioned(self, message: Message) -> bool:
        """Whether the album of a picture has words; the one with them may come a little later."""
        if message.media_group_id is None:
            return False
        try:
            async with asyncio.timeout(_ALBUM_SECONDS):
                return await self._captioned(message.media_group_id).wait()
        except TimeoutError:
            return False

    @asynccontextmanager
    async def _in_turn(self, message: Message) -> AsyncIterator[None]:
        """One after the other what concerns the same message: its answer, and its edits in order."""
        place = (message.chat_id, message.message_id)
        lock = self._locks.get(place) or self._locks.setdefault(place, asyncio.Lock())
        async with lock:
            yield


async def is_answered(ledger: Ledger, update: Update) -> bool:
    """Whether a question has been answered; what else an update may be is done again, which changes nothing."""
    if ledger.was_answered(update.update_id):
        return True
    message = update.message
    call = addressed(message, message.get_bot().bot) if message else None
    if message is None or (call and call.command is not Command.ASK):
        return False
    return await ledger.reply_to(message.chat_id, message.message_id) is not None


def _file_of(message: Message) -> File | PhotoSize | None:
    """The file or photo that the message brings; a photo below which words stand is what they ask about."""
    if message.document and not message.animation:
        return message.document
    return message.photo[-1] if message.photo and names_folder(message.caption or "") else None


def _wordless(message: Message) -> Say | None:
    """What to say to a message without words; ``None`` for those that nobody wrote (somebody has joined)."""
    if message.document and not message.animation:
        return say("upload-operators-only")
    for key, kinds in (("voice", _VOICE), ("picture", _PICTURE), ("sticker", _OTHERS)):
        if any(getattr(message, kind, None) for kind in kinds):
            return say(key)
    return None


async def _downloaded(bot: Bot, file_id: str) -> bytes:
    """A file's content. Raises ``TelegramError``, also where something else came than what Telegram announced."""
    file = await bot.get_file(file_id)
    with waiting():
        content = bytes(await file.download_as_bytearray())
    if file.file_size not in {None, len(content)}:
        raise NetworkError(f"{len(content)} of {file.file_size} bytes came")
    return content
