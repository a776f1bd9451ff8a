"""The Telegram front end: which handler takes what, over PTB's ``Application``, and the way to run it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import InvalidToken
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot import profile
from bot.access import Access, misnamed
from bot.answers import Answers
from bot.connection import Account, RetryingRequest, UpdatesRequest, privacy, trusted
from bot.conversation import Conversation
from bot.desk import Desk
from bot.documents import Documents
from bot.health import SignOfLife
from bot.inline import Inline
from bot.ledger import Ledger
from bot.limits import Limits
from bot.operators import Operators, clear_removed
from bot.polling import BotApplication, poll
from bot.presses import Presses
from bot.settings import Settings
from bot.state import State
from bot.uploads import Uploads

logger = logging.getLogger(__name__)

CONCURRENT_UPDATES = 16
READ_SECONDS = 20.0

# What the handlers below take; Telegram keeps the rest to itself.
ALLOWED_UPDATES = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
)


def build_application(settings: Settings) -> BotApplication:
    """PTB's application as the bot needs it, without handlers; ``run`` brings it its updates.

    Raises ``TokenError`` where there is no token or it cannot be one.
    """
    account = Account.of(settings)
    application: BotApplication = (
        Application.builder()
        .token(account.token)
        .base_url(account.base_url)
        .base_file_url(account.base_file_url)
        .request(
            RetryingRequest(
                connection_pool_size=2 * CONCURRENT_UPDATES,
                read_timeout=READ_SECONDS,
                connect_timeout=10,
                pool_timeout=10,
                httpx_kwargs={"verify": trusted()},
            )
        )
        .get_updates_request(
            UpdatesRequest(read_timeout=READ_SECONDS, connect_timeout=10, httpx_kwargs={"verify": trusted()})
        )
        # No limit overall: Telegram's 30 a second is about sending to many at once, and where it has enough of
        # answers it says so and is obeyed. Its 20 a minute for a group is kept to beforehand.
        .rate_limiter(AIORateLimiter(overall_max_rate=0, max_retries=5))
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
    return application


def add_handlers(application: BotApplication, desk: Desk) -> None:
    """Have the application do what the bot does."""
    answers, operators, uploads = Answers(desk), Operators(desk), Uploads(desk)
    conversation = Conversation(desk, answers, operators, uploads)
    presses = Presses(desk, answers, operators, uploads)
    # Channel posts ask nobody; a message with neither words nor anything to be sorry about is left alone inside.
    new, edited = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
    application.add_handler(MessageHandler(new, conversation.on_message))
    application.add_handler(MessageHandler(edited, conversation.on_edited_message))
    application.add_handler(CallbackQueryHandler(presses.on_press))
    application.add_handler(InlineQueryHandler(Inline(desk).on_query))
    application.add_handler(ChatMemberHandler(conversation.on_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(conversation.on_error)


async def serve(settings: Settings, documents: Documents, state: State, sign: SignOfLife) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises ``TokenError``, whose message is the line to show, where the token is missing or malformed, and as soon
    as Telegram refuses it. A server that cannot be reached is tried again for as long as it takes.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels this task instead
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(settings, documents, state, sign, stop=stop)


async def run(settings: Settings, documents: Documents, state: State, sign: SignOfLife, *, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set; what has been asked by then is answered first. Raises like ``serve``."""
    account = Account.of(settings)
    application = build_application(settings)

    async def started() -> None:
        logger.info("%s", privacy(application.bot))
        for folder in misnamed(settings):
            logger.warning("YUANJU_PRIVATE_FOLDERS names %s, which is not among the documents", folder)
        await asyncio.to_thread(clear_removed, settings.index_folder, days=settings.retention_days)
        await profile.announce(application.bot, settings.admins)

    try:
        async with Ledger(state, retention_days=settings.retention_days) as ledger:
            limits = Limits(person_per_minute=settings.person_per_minute, chat_per_minute=settings.chat_per_minute)
            add_handlers(application, Desk(documents, ledger, settings, Access(settings), limits))
            await poll(
                application,
                allowed_updates=ALLOWED_UPDATES,
                server=account.server,
                heard=sign.give,
                started=started,
                stop=stop,
            )
    except InvalidToken:
        raise account.refused() from None  # PTB's error shows the token
    finally:
        sign.withdraw()
