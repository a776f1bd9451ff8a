"""The Telegram front end: thin handlers over PTB's ``Application``, and the way to run it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from dataclasses import dataclass
from typing import Any, Protocol

from telegram import LinkPreviewOptions, Message, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, Application, CallbackContext, Defaults, MessageHandler, filters
from telegram.request import HTTPXRequest

from bot import replies
from bot.addressing import Call, Command, addressed
from bot.connection import Account, RetryingRequest
from bot.polling import BotApplication, poll
from bot.settings import Settings
from retrieval.records import Answer

logger = logging.getLogger(__name__)

Context = CallbackContext[Any, Any, Any, Any]

CONCURRENT_UPDATES = 16
READ_SECONDS = 20.0

# What the handlers below take; Telegram keeps the rest to itself.
ALLOWED_UPDATES = (Update.MESSAGE,)

COMMANDS = {
    "": (("ask", "问一个问题"), ("help", "怎么用"), ("start", "开始")),
    "en": (("ask", "ask a question"), ("help", "how to use me"), ("start", "start")),
}


class Ask(Protocol):
    """The way from a question to its answer, at most ``limit`` quotes."""

    async def __call__(self, question: str, *, limit: int) -> Answer:
        """The answer to ``question``."""
        ...


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the bot does with what it is sent."""

    ask: Ask
    settings: Settings

    async def on_message(self, update: Update, context: Context) -> None:
        """Answer a new message if it is meant for the bot."""
        message = update.message
        call = addressed(message, context.bot.bot) if message else None
        if message is None or call is None:
            return
        allowed = self.settings.allowed_chats
        if allowed and message.chat_id not in allowed:
            await self._turn_away(message, context)
        else:
            await message.reply_html(await self._reply(call, context), do_quote=True)

    async def _reply(self, call: Call, context: Context) -> str:
        match call:
            case Call(Command.START):
                return replies.START
            case Call(Command.HELP):
                return replies.help_text(context.bot.username)
            case Call(text=""):
                return replies.ASK_HOW
            case _:
                return replies.answer_html(await self.ask(call.text, limit=self.settings.limit))

    async def _turn_away(self, message: Message, context: Context) -> None:
        """Tell a person once what to do; a group that is not answered is left in peace."""
        told = context.chat_data
        if message.chat.type == ChatType.PRIVATE and told is not None and not told.get("turned_away"):
            told["turned_away"] = True
            await message.reply_html(replies.not_for_you(message.chat_id), do_quote=True)

    async def on_error(self, update: object, context: Context) -> None:
        """Log what went wrong for the operator, and apologise to the person who waits for an answer."""
        error = context.error
        if isinstance(error, Forbidden):  # blocked by the person, or removed from the group
            logger.info("A reply was not wanted: %s", error)
            return
        logger.error("An update could not be answered", exc_info=error)
        if isinstance(error, TelegramError) and not isinstance(error, BadRequest):
            return  # the way to the person is what failed
        if isinstance(update, Update) and update.message:
            try:
                await update.message.reply_html(replies.APOLOGY, do_quote=True)
            except TelegramError as failure:
                logger.warning("The apology could not be sent either: %s", failure)


def build_application(settings: Settings, ask: Ask) -> BotApplication:
    """PTB's application with every handler, ready to be initialised; ``run`` brings it its updates.

    Raises ``TokenError`` where there is no token or it cannot be one.
    """
    account = Account.of(settings)
    conversation = Conversation(ask, settings)
    application: BotApplication = (
        Application.builder()
        .token(account.token)
        .base_url(account.base_url)
        .base_file_url(account.base_file_url)
        .request(RetryingRequest(read_timeout=READ_SECONDS, connect_timeout=10, pool_timeout=10))
        .get_updates_request(HTTPXRequest(read_timeout=READ_SECONDS, connect_timeout=10))
        .rate_limiter(AIORateLimiter(max_retries=5))
        .concurrent_updates(CONCURRENT_UPDATES)
        .defaults(
            Defaults(
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                allow_sending_without_reply=True,  # the question may be deleted before it is answered
            )
        )
        .updater(None)
        .build()
    )
    # New messages only: an edited question has its answer already, and channel posts ask nobody.
    new_message = filters.UpdateType.MESSAGE & (filters.TEXT | filters.CAPTION)
    application.add_handler(MessageHandler(new_message, conversation.on_message))
    application.add_error_handler(conversation.on_error)
    return application


def serve(settings: Settings, ask: Ask) -> int:
    """Serve until SIGTERM or SIGINT and return the exit status 0.

    Raises ``TokenError``, whose message is the line to show, where the token is missing or malformed, and
    as soon as Telegram refuses it. A server that cannot be reached is tried again for as long as it takes.
    """

    async def until_signal() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run(settings, ask, stop=stop)

    asyncio.run(until_signal())
    return 0


async def run(settings: Settings, ask: Ask, *, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set; what has been asked by then is answered first. Raises like ``serve``."""
    account = Account.of(settings)
    application = build_application(settings, ask)

    async def announce_commands() -> None:
        for language, commands in COMMANDS.items():
            try:
                await application.bot.set_my_commands(commands, language_code=language or None)
            except TelegramError as error:  # the menu is a convenience
                logger.warning("The list of commands could not be set: %s", error)

    try:
        await poll(
            application,
            allowed_updates=ALLOWED_UPDATES,
            server=account.server,
            started=announce_commands,
            stop=stop,
        )
    except InvalidToken:
        raise account.refused() from None  # PTB's error shows the token
