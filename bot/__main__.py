"""The one place where everything is put together: flags → settings → logging → library → front end.

What a command does not need is not imported: ``ask`` should answer at once, and ``health`` is run every half minute.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.logs import configure_logging
from bot.settings import Settings, load
from retrieval.errors import YuanjuError

if TYPE_CHECKING:
    from bot.documents import Shelf
    from retrieval.answering import Answerer
    from retrieval.engine import LocalEngine
    from retrieval.library import Library
    from retrieval.tokens import Tokenizer

FOUND, NOT_FOUND, ERROR = 0, 1, 2
"""Exit statuses, as grep's: found or fine, nothing found or a check failed, an error."""

_COMMANDS = {
    "serve": ("Telegram 机器人 (run the Telegram bot)", "YUANJU_TELEGRAM_TOKEN=123456789:AAF… yuanju serve"),
    "chat": ("在终端里对话 (the same conversation in the terminal)", "yuanju chat --documents ~/文档"),
    "ask": (
        "问一个问题 (answer one question)",
        'yuanju ask "目标是多少？"\n  yuanju ask - --json < questions.txt',
    ),
    "index": ("更新索引并报告每个文档 (bring the index up to date)", "yuanju index --documents ~/文档"),
    "evaluate": (
        "用题集衡量答案 (measure the answers on question sets)",
        "yuanju evaluate 题集.tsv\n  yuanju evaluate squad.json --unanswerable others.json",
    ),
    "check": ("检查配置、文档、索引和 Telegram (test the configuration)", "yuanju check"),
    "health": ("serve 是否听得到 Telegram，供容器探活 (does serve hear Telegram? for containers)", "yuanju health"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    arguments = _parser().parse_args(argv)
    flags = {name: value for name in Settings.model_fields if (value := getattr(arguments, name)) is not None}
    try:
        settings = load(flags)
        token = settings.telegram_token
        configure_logging(
            settings.log_level if arguments.command == "serve" else "WARNING",
            secrets=[token.get_secret_value()] if token else [],
        )
        return asyncio.run(_COMMAND[arguments.command](settings, arguments))
    except YuanjuError as error:
        print(f"yuanju: {error}", file=sys.stderr)  # noqa: T201
        return ERROR
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output is gone; Python must not stumble over it once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR


async def _ask(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot import console

    questions = sys.stdin if arguments.question == "-" else [arguments.question]
    async with _answerer(settings) as answerer:
        found = await console.ask(questions, answerer.answer, limit=settings.limit, as_json_lines=arguments.json)
    return FOUND if found else NOT_FOUND


async def _chat(settings: Settings, _: argparse.Namespace) -> int:
    from bot import console

    interactive = sys.stdin.isatty()
    lines = console.typed() if interactive else console.piped()
    async with _answerer(settings) as answerer:
        await console.chat(console.terminal(), lines, answerer.answer, limit=settings.limit, interactive=interactive)
    return FOUND


async def _index(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot.indexing import index

    with _engine(settings) as engine:
        return FOUND if await index(_library(settings, engine), as_json_lines=arguments.json) else NOT_FOUND


async def _evaluate(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot.evaluate import run

    return await run(
        arguments.files,
        unanswerable=arguments.unanswerable,
        tokenizer=_tokenizer(settings),
        answerer=lambda: _answerer(settings),
        record=settings.index_folder / "evaluation.json",
        as_json=arguments.json,
    )


async def _check(settings: Settings, _: argparse.Namespace) -> int:
    from bot.check import check

    with _engine(settings) as engine:
        return FOUND if await check(settings, engine, _library(settings, engine)) else NOT_FOUND


async def _serve(settings: Settings, _: argparse.Namespace) -> int:
    from bot import connection, state, telegram
    from bot.health import SignOfLife

    connection.Account.of(settings)  # before the documents are read: a missing token should not cost minutes
    database = settings.database.get_secret_value() if settings.database else None
    memory = state.opened(state.database_url(database, settings.index_folder))
    async with _shelf(settings) as shelf, memory as remembered:
        await telegram.serve(settings, shelf, remembered, SignOfLife(settings.index_folder))
    return FOUND


async def _health(settings: Settings, _: argparse.Namespace) -> int:
    from bot.health import SignOfLife

    trouble = SignOfLife(settings.index_folder).trouble()
    if trouble:
        print(trouble, file=sys.stderr)  # noqa: T201
    return NOT_FOUND if trouble else FOUND


@contextmanager
def _engine(settings: Settings) -> Iterator[LocalEngine]:
    from retrieval.engine import LocalEngine

    engine = LocalEngine(settings.index_folder, _tokenizer(settings))
    try:
        yield engine
    finally:
        engine.close()


def _library(settings: Settings, engine: LocalEngine) -> Library:
    from retrieval.library import Library

    return Library(settings.documents, engine, _tokenizer(settings), limits=settings.reading_limits)


def _tokenizer(settings: Settings) -> Tokenizer:
    return _one_tokenizer(settings.index_folder / "jieba")


@cache
def _one_tokenizer(cache_folder: Path) -> Tokenizer:
    """One for all: what the operator's dictionaries say is to hold for documents and questions alike."""
    from retrieval.tokens import Tokenizer

    return Tokenizer(cache_folder)


@asynccontextmanager
async def _answerer(settings: Settings) -> AsyncIterator[Answerer]:
    """Bring the index up to date and give what answers from it."""
    async with _shelf(settings) as shelf:
        yield shelf.answerer


@asynccontextmanager
async def _shelf(settings: Settings) -> AsyncIterator[Shelf]:
    """Bring the index up to date and give all that can be done with the documents."""
    from bot.documents import Shelf
    from bot.indexing import progress_bar

    with _engine(settings) as engine:
        tokenizer = _tokenizer(settings)
        library = _library(settings, engine)
        shelf = Shelf(settings.documents, engine, library, tokenizer, threshold=settings.threshold)
        with progress_bar() as progress:
            report = await shelf.refresh(progress=progress)
        if report.failures:
            logging.getLogger(__name__).warning(
                "%d documents could not be read, the first being %s (all: yuanju index)",
                len(report.failures),
                report.failures[0],
            )
        yield shelf


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yuanju",
        description="原句：向文档提问，得到原句和出处 (ask your documents, get the original sentence with its source)",
        epilog="每个命令的说明：yuanju COMMAND --help",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('yuanju')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (purpose, example) in _COMMANDS.items():
        command = commands.add_parser(
            name,
            help=purpose,
            description=purpose,
            epilog=f"例 (example):\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if name == "ask":
            command.add_argument(
                "question", metavar="QUESTION", help="问题；- 表示从标准输入逐行读 (-: standard input)"
            )
        if name == "evaluate":
            command.add_argument(
                "files", metavar="FILE", nargs="+", type=Path, help="SQuAD 格式的 .json，或“问题⇥应答句”的 .tsv"
            )
            command.add_argument(
                "--unanswerable", metavar="FILE", type=Path, help="答不了的问题，SQuAD 格式 (questions to refuse)"
            )
        if name in {"ask", "index", "evaluate"}:
            command.add_argument("--json", action="store_true", help="每行一个 JSON 对象 (one JSON object a line)")
        settings = command.add_argument_group("设置 (settings；也可用环境变量 YUANJU_… 或 .env)")
        for field, info in Settings.model_fields.items():
            flag = "--" + field.replace("_", "-")
            settings.add_argument(flag, dest=field, metavar=field.rpartition("_")[2].upper(), help=info.description)
    return parser


_COMMAND = {
    "serve": _serve,
    "chat": _chat,
    "ask": _ask,
    "index": _index,
    "evaluate": _evaluate,
    "check": _check,
    "health": _health,
}

if __name__ == "__main__":
    sys.exit(main())
