"""The conversation in a terminal, or line by line from a pipe: words and numbers do what buttons do in Telegram."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.access import Audience
from bot.actions import Action, Ask
from bot.conversation.commands import Command, command_in
from bot.conversation.services import Requester, Services
from bot.conversation.turns import Conversation
from bot.documents.live_index import Documents
from bot.language import Language
from bot.memory.exchange import Asker
from bot.memory.ledger import Ledger
from bot.memory.state import database_url, opened
from bot.rendering.catalogue import phrases
from bot.rendering.screen import message
from bot.reply import Button, Change, Reply, Say, say
from bot.settings import Settings
from bot.terminal.screen import screen

_ASKER = Asker(0, 0)  # whoever sits at the terminal

HELP = frozenset({"帮助", "幫助", "help", "?", "？", "h"})
QUIT = frozenset({"退出", "quit", "exit", "q"})

_MORE = "更多"
_MORE_WORDS = frozenset({_MORE, "more", "m"})
_WORDS = ("button-context", "button-why", "button-back")
_AROUND_LABEL = " ‹›…"


async def run(settings: Settings, documents: Documents, language: Language, *, interactive: bool) -> None:
    """Converse until the lines end. What is said is remembered for as long as that."""
    # Whoever can start this can read every document.
    alone = replace(
        settings,
        admins=frozenset({_ASKER.person_id}),
        allowed_chats=frozenset(),
        private_folders={},
        person_per_minute=0,
    )
    requester = Requester(_ASKER, language, Audience(), private=True, operator=True)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            opened(database_url(None, Path(folder))) as state,
            Ledger(state, retention_days=settings.retention_days) as ledger,
        ):
            conversation = Conversation(Services.of(documents, ledger, alone))
            lines = typed(phrases(language).text("prompt")) if interactive else piped()
            await Chat(conversation, requester, screen(), interactive=interactive).run(lines)


class Chat:
    """Answers line after line. ``interactive`` greets first and names the words that can be typed."""

    def __init__(
        self, conversation: Conversation, requester: Requester, console: Console, *, interactive: bool
    ) -> None:
        self._conversation = conversation
        self._requester = requester
        self._console = console
        self._interactive = interactive
        self._buttons: list[Button] = []
        self._ids = itertools.count(1)

    async def run(self, lines: AsyncIterator[str]) -> None:
        """Go on until there are no more lines, or one says to leave."""
        if self._interactive:
            self._print(Reply((say("welcome-terminal"),)), style="dim")
        async for line in lines:
            text = line.strip()
            if text.lower() in QUIT:
                return
            if action := self._meant(text):
                await self._press(action)
            elif text.lower() in self._labels([say(word) for word in _WORDS]):
                self._print(Reply((say("nothing-to-press", word=text),)))
            elif text:
                await self._turn(_MORE if text.lower() in _MORE_WORDS else text)

    async def _turn(self, text: str) -> None:
        command, rest = (Command.HELP, "") if text.lower() in HELP else command_in(text)
        if reply := await self._conversation.turn(rest, self._requester, command=command):
            await self._show(reply)

    async def _press(self, action: Action) -> None:
        pressed = await self._conversation.press(action, self._requester, press_id=str(next(self._ids)))
        if pressed.notice:
            self._print(Reply((pressed.notice,)), style="dim")
        if change := await pressed.work() if pressed.work else None:
            await self._change(change)

    async def _change(self, change: Change) -> None:
        if change.how in {"new", "instead"}:
            await self._show(change.reply)
        elif change.how == "choices":
            self._buttons = [button for row in change.reply.buttons for button in row]
            self._print(change.reply)

    async def _show(self, reply: Reply) -> None:
        self._buttons = [button for row in reply.buttons for button in row]
        self._print(reply)
        if reply.delivered:
            reply.delivered(None, next(self._ids))
        if reply.later:
            await self._show(await reply.later())

    def _print(self, reply: Reply, *, style: str = "") -> None:
        language = reply.language or self._requester.language
        self._console.print(
            Text.assemble(*message(reply.blocks, phrases(language))), style=style, soft_wrap=True, end=""
        )
        if reply.blocks:
            self._console.print()
        for number, button in enumerate(_choices(reply), 1):
            self._console.print(Text(f"{number}. {button.label}"), soft_wrap=True)
        if reply.file:
            self._console.print(Text(reply.file.content.decode("utf-8-sig")), soft_wrap=True)
        if self._interactive and (
            words := [button.label for button in _buttons(reply) if isinstance(button.label, Say)]
        ):
            shown = " · ".join(phrases(language).text(word).strip(_AROUND_LABEL) for word in words)
            self._console.print(Text(shown, style="dim"), soft_wrap=True)
        self._console.print()

    def _meant(self, text: str) -> Action | None:
        """The action of the button that a line names, by its label in any language or by its number."""
        if text.isdecimal() and (choices := [button for button in self._buttons if _is_choice(button)]):
            number = int(text)
            return choices[number - 1].action if 1 <= number <= len(choices) else None
        wanted = self._labels([say("button-more")]) if text.lower() in _MORE_WORDS else {text.lower()}
        return next((button.action for button in self._buttons if wanted & self._labels([button.label])), None)

    def _labels(self, labels: Iterable[Say | str]) -> set[str]:
        """What can be typed for these, in the reader's language and in those that everybody may fall back on."""
        languages = {phrases(language) for language in ("zh", "en", self._requester.language)}
        return {
            (words.text(label) if isinstance(label, Say) else label).strip(_AROUND_LABEL).lower()
            for words in languages
            for label in labels
        }


async def typed(prompt: str) -> AsyncIterator[str]:
    """Return the lines that a person types at a prompt, with history and editing where the system has them."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - importing it is what gives input() its history
    while True:
        try:
            yield await asyncio.to_thread(input, prompt)
        except EOFError:
            print()  # noqa: T201 - the shell's prompt goes on a line of its own
            return


async def piped() -> AsyncIterator[str]:
    """Return the lines of standard input, each as soon as it is there."""
    for line in sys.stdin:
        yield line


def _buttons(reply: Reply) -> Iterator[Button]:
    return itertools.chain.from_iterable(reply.buttons)


def _choices(reply: Reply) -> Iterator[Button]:
    return filter(_is_choice, _buttons(reply))


def _is_choice(button: Button) -> bool:
    return isinstance(button.action, Ask)
