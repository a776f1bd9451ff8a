"""The Telegram front end: which handler takes what, over PTB's ``Application``, and the way to run it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import InvalidToken
from telegram.ext import (
    Application,
    BaseUpdateProcessor,
    CallbackQueryHandler,
    ChatMemberHandler,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.conversation import storage
from bot.conversation.services import Services
from bot.conversation.turns import Conversation
from bot.documents.live_index import Documents
from bot.memory.ledger import Ledger
from bot.memory.migrations import Migrations
from bot.memory.progress import Progress
from bot.memory.state import State
from bot.operations import metrics
from bot.operations.health import SignOfLife
from bot.settings import Settings
from bot.telegram import profile
from bot.telegram.changes import Changes
from bot.telegram.clock import ServerClock
from bot.telegram.connection import Account, Requests, privacy, updates_request
from bot.telegram.inline import Inline
from bot.telegram.intake import BotApplication, Intake
from bot.telegram.lifecycle import Source, run_until_stopped
from bot.telegram.messages import Messages, is_answered
from bot.telegram.polling import Poller, Retrier
from bot.telegram.presses import Presses
from bot.telegram.route import Route
from bot.telegram.sending import Sending
from bot.telegram.slots import Slots
from bot.telegram.timing import QUESTION_SECONDS, Timing

if TYPE_CHECKING:
    from bot.telegram.webhook import Routes

logger = logging.getLogger(__name__)

CONCURRENT_UPDATES = 16

# What the handlers below take; Telegram keeps the rest to itself.
ALLOWED_UPDATES = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
)


def build_application(
    settings: Settings,
    *,
    processor: BaseUpdateProcessor | int,
    clock: ServerClock,
    timing: Timing,
    migrations: Migrations | None = None,
) -> BotApplication:
    """PTB's application as the bot needs it, without handlers; what runs it brings it its updates.

    Raises ``TokenError`` where there is no token or it cannot be one, ``ProxyError`` likewise.
    """
    account = Account.of(settings)
    sending = Sending(limit_seconds=QUESTION_SECONDS, timing=timing, migrations=migrations)
    application: BotApplication = (
        Application.builder()
        .token(account.token)
        .base_url(account.base_url)
        .base_file_url(account.base_file_url)
        .request(Requests(timing, clock, Route.of(settings), connections=2 * CONCURRENT_UPDATES))
        .rate_limiter(sending)
        .concurrent_updates(processor)
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


def add_handlers(application: BotApplication, services: Services, changes: Changes, clock: ServerClock) -> None:
    """Register what the bot does."""
    conversation = Conversation(services)
    messages = Messages(conversation, services, clock)
    # Channel posts ask nobody; a message with neither words nor anything to be sorry about is left alone inside.
    new, edited = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
    application.add_handler(TypeHandler(Update, changes.on_update), group=-1)  # before what it changes is relied on
    application.add_handler(MessageHandler(new, messages.on_message))
    application.add_handler(MessageHandler(edited, messages.on_edited_message))
    application.add_handler(CallbackQueryHandler(Presses(conversation, services.access).on_press))
    application.add_handler(InlineQueryHandler(Inline(services).on_query))
    application.add_handler(ChatMemberHandler(messages.on_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(messages.on_error)


async def serve(
    settings: Settings, documents: Documents, state: State, sign: SignOfLife, *, routes: Routes | None = None
) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises ``TokenError``, whose message is the line to show, where the token is missing or malformed, and as soon
    as Telegram refuses it; ``ProxyError`` where the proxy cannot be one. A server that cannot be reached is tried again
    for as long as it takes. ``routes`` is the HTTP server that a webhook needs.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels this task instead
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    shown = partial(profile.announce, admins=settings.admins)
    await run(settings, documents, state, sign, stop=stop, started=shown, routes=routes)


async def run(
    settings: Settings,
    documents: Documents,
    state: State,
    sign: SignOfLife,
    *,
    stop: asyncio.Event,
    started: Callable[[profile.Bot], Awaitable[None]],
    routes: Routes | None = None,
    timing: Timing = Timing(),  # noqa: B008 - frozen
) -> None:
    """Serve until ``stop`` is set; what has been asked by then is answered first, or by the next process.

    ``started`` is done with the bot once it is logged in, beside its work. Raises like ``serve``.
    """
    account, route = Account.of(settings), Route.of(settings)
    retrier, slots, clock = Retrier(account.server, timing), Slots(CONCURRENT_UPDATES), ServerClock()
    if route.proxy:
        logger.info("%s is reached %s", account.server, route)

    async def logged_in() -> None:
        logger.info("%s", privacy(application.bot))
        await asyncio.to_thread(storage.clear, settings.index_folder, days=settings.retention_days)
        await started(application.bot)
        await changes.remind(application.bot)

    try:
        async with contextlib.AsyncExitStack() as stack:
            ledger = await stack.enter_async_context(
                Ledger(
                    state,
                    retention_days=settings.retention_days,
                    folder=settings.index_folder,
                    clean_after_seconds=timing.clean,
                )
            )
            progress = stack.enter_context(Progress(settings.index_folder, account.bot_id))
            request = await stack.enter_async_context(updates_request(timing, clock, route))
            intake = Intake(
                state.inbox(account.bot_id),
                slots,
                answered=partial(is_answered, ledger),
                flush=ledger.flush,
                progress=progress,
                timing=timing,
            )
            metrics.show_inbox(lambda: intake.held, lambda: intake.age_seconds)
            application = build_application(
                settings, processor=intake, clock=clock, timing=timing, migrations=state.migrations
            )
            services = Services.of(documents, ledger, settings)
            changes = Changes(state, settings, services.access, timing=timing)
            add_handlers(application, services, changes, clock)
            if settings.webhook_url and routes:
                from bot.telegram.webhook import Webhook  # brings an HTTP server, which the others do without

                source: Source = Webhook(
                    application.bot,
                    str(settings.webhook_url),
                    retrier=retrier,
                    allowed_updates=ALLOWED_UPDATES,
                    receive=intake.receive,
                    heard=sign.give,
                    routes=routes,
                    timing=timing,
                )
            else:
                source = Poller(
                    application.bot,
                    request,
                    retrier=retrier,
                    allowed_updates=ALLOWED_UPDATES,
                    receive=intake.receive,
                    heard=sign.give,
                    timing=timing,
                )
            await run_until_stopped(
                application,
                source,
                retrier=retrier,
                opened=partial(intake.open, application),
                started=logged_in,
                closed=intake.close,
                stop=stop,
                timing=timing,
            )
    except InvalidToken:
        raise account.refused() from None  # PTB's error shows the token
    finally:
        sign.withdraw()
