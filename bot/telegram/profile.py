"""How the bot presents itself in Telegram: lists of commands by scope and language, and its descriptions."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any

from telegram import (
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.conversation.commands import Command
from bot.language import LANGUAGES
from bot.rendering.catalogue import Phrases, phrases

logger = logging.getLogger(__name__)

Bot = ExtBot[Any]

EVERYBODY = (Command.ASK, Command.HELP, Command.START, Command.FORGET)
IN_GROUPS = (Command.ASK, Command.HELP)
OPERATORS = (
    *EVERYBODY,
    *(Command.SOURCES, Command.REMOVE, Command.RELOAD, Command.STATS, Command.UNANSWERED, Command.WHY),
)


async def announce(bot: Bot, admins: Iterable[int]) -> None:
    """Tell Telegram what to show; where it refuses, people see less and are answered all the same."""
    for call in _calls(bot, sorted(admins)):
        try:
            await call()
        except TelegramError as error:  # such as: an operator who has never written to the bot
            logger.info("What Telegram shows of the bot could not be set: %s", error)


def _calls(bot: Bot, admins: Sequence[int]) -> Iterator[Callable[[], Awaitable[object]]]:
    scopes: list[tuple[BotCommandScope, Sequence[Command]]] = [
        (BotCommandScopeAllPrivateChats(), EVERYBODY),
        (BotCommandScopeAllGroupChats(), IN_GROUPS),
        *((BotCommandScopeChat(admin), OPERATORS) for admin in admins),
    ]
    for language, code in _codes():
        say = phrases(language)
        for scope, commands in scopes:
            yield _setter(bot, scope, commands, say, code)
        yield _descriptions(bot, say, code)


def _codes() -> Iterator[tuple[Any, str | None]]:
    """Each language with its code; the first is also what everybody else sees."""
    yield LANGUAGES[0], None
    for language in LANGUAGES[1:]:
        if len(language) == 2:  # Telegram knows no others
            yield language, language


def _setter(
    bot: Bot, scope: BotCommandScope, commands: Sequence[Command], say: Phrases, code: str | None
) -> Callable[[], Awaitable[object]]:
    listed = [(command.value, say.text(f"command-{command.value}")) for command in commands]
    return lambda: bot.set_my_commands(listed, scope=scope, language_code=code)


def _descriptions(bot: Bot, say: Phrases, code: str | None) -> Callable[[], Awaitable[object]]:
    async def describe() -> None:
        """Set what differs: Telegram lets bots change this only now and then."""
        long, short = say.text("bot-description"), say.text("bot-short-description")
        if (await bot.get_my_description(code)).description != long:
            await bot.set_my_description(long, language_code=code)
        if (await bot.get_my_short_description(code)).short_description != short:
            await bot.set_my_short_description(short, language_code=code)

    return describe
