"""What changes in Telegram while the bot runs: groups become supergroups, and it may be renamed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import os
import time
from typing import Any

from telegram import Chat, ChatMember, ChatMemberUpdated, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, CallbackContext, ExtBot

from bot.access import Access
from bot.language import operator_language
from bot.memory.state import State
from bot.rendering.catalogue import phrases
from bot.settings import Settings
from bot.telegram.timing import Timing

logger = logging.getLogger(__name__)

Context = CallbackContext[Any, Any, Any, Any]

_OUTSIDE = {ChatMember.LEFT, ChatMember.BANNED}
_FIRST_SUPERGROUP = -1_000_000_000_000  # the ids of supergroups and channels are this one and below
_DAY_SECONDS = 86_400.0
_TELL_AGAIN_SECONDS = 30 * _DAY_SECONDS


class Changes:
    """The handler of what the others rely on."""

    def __init__(self, state: State, settings: Settings, access: Access, *, timing: Timing) -> None:
        self._state = state
        self._settings = settings
        self._access = access
        self._timing = timing
        self._looked = self._asked = -math.inf

    async def on_update(self, update: Update, context: Context) -> None:
        """Take in what an update tells, or suggests, before it is dealt with."""
        message = update.message
        # Only a group becomes a supergroup: whatever else says so is not believed, or its replies would go elsewhere.
        if message and message.migrate_to_chat_id and message.chat.type == ChatType.GROUP:
            await self._migrated(message.chat.id, message.migrate_to_chat_id, context.bot)
        elif message and message.migrate_from_chat_id and message.chat.type == ChatType.SUPERGROUP:
            await self._migrated(message.migrate_from_chat_id, message.chat.id, context.bot)
        elif update.effective_chat and update.effective_chat.type == ChatType.SUPERGROUP:
            await self._look_for(update.effective_chat, context.bot)
            if update.my_chat_member and _is_new(update.my_chat_member):
                # What the bot was added to may be what a group has become, which is told at the same time.
                await asyncio.sleep(self._timing.settle)
                if update.effective_chat.id in self._state.migrations.known.values():
                    raise ApplicationHandlerStop
        text = (message.text or message.caption or "") if message else ""
        if ("@" in text or "＠" in text) and f"@{context.bot.username}".lower() not in text.replace("＠", "@").lower():
            await self._ask_name(context.bot)

    async def remind(self, bot: ExtBot[Any]) -> None:
        """Tell the operators which ids in the settings are out of date, now and then, as long as they are."""
        named = self._named()
        for old, new in list(self._state.migrations.known.items()):
            if old not in named or new in named:
                continue
            logger.warning("The group %d is %d now: change it in the settings", old, new)
            if await self._state.give_notice("migrated", old, within_seconds=_TELL_AGAIN_SECONDS):
                text = phrases(self._settings.language or operator_language(os.environ)).html(
                    "group-migrated", old=str(old), new=str(new)
                )
                for admin in sorted(self._settings.admins):
                    try:
                        await bot.send_message(admin, text)
                    except TelegramError as error:
                        logger.info("An operator could not be told: %s", error)

    async def _migrated(self, old: int, new: int, bot: ExtBot[Any]) -> None:
        await self._state.migrations.note(old, new)
        await self.remind(bot)

    async def _look_for(self, chat: Chat, bot: ExtBot[Any]) -> None:
        """Find out whether a supergroup that the settings do not name is what a group that they name has become.

        Telegram tells so when somebody writes to the former group. Nothing else does, once its message has got lost.
        """
        known, named = self._state.migrations.known, self._named()
        if chat.id in named or chat.id in known.values() or time.monotonic() - self._looked < self._timing.name:
            return
        groups = [old for old in sorted(named - known.keys()) if _FIRST_SUPERGROUP < old < 0]
        if not groups:
            return
        self._looked = time.monotonic()
        await self._state.migrations.load()  # another replica may have been told
        for old in groups:
            if old not in known:
                with contextlib.suppress(TelegramError):  # such as: it is not in that one any more
                    await bot.send_chat_action(old, ChatAction.TYPING)
        await self.remind(bot)

    def _named(self) -> frozenset[int]:
        return self._settings.allowed_chats.union(*self._settings.private_folders.values())

    async def _ask_name(self, bot: ExtBot[Any]) -> None:
        """Ask for the bot's own name, at most once a minute: who is called may be it."""
        if time.monotonic() - self._asked < self._timing.name:
            return
        self._asked = time.monotonic()
        before = bot.username
        with contextlib.suppress(TelegramError):
            await bot.get_me()
        if bot.username != before:
            logger.info("The bot is called @%s now, no longer @%s", bot.username, before)


def _is_new(change: ChatMemberUpdated) -> bool:
    """Whether the bot was not there before."""
    return change.old_chat_member.status in _OUTSIDE and change.new_chat_member.status not in _OUTSIDE
