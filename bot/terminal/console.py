"""The same conversation in a terminal: one answer, or one after the other until there is nothing more to ask."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Iterable
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.rendering.catalogue import phrases
from bot.rendering.replies import not_found, source_line
from bot.terminal.screen import screen
from retrieval.question.suggesting import Ask
from retrieval.records import Answer, Quote, Source

MORE = frozenset({"更多", "more", "m", "还有吗", "还有吗？"})
HELP = frozenset({"帮助", "help", "?", "？", "h"})
QUIT = frozenset({"退出", "quit", "exit", "q"})

_WELCOME = "原句 Yuanju：问一个问题，得到文档里的原句。输入“更多”看更多，“帮助”看说明，“退出”结束。"
_HELP = """\
直接输入问题，例如：某某的目标是多少？
  更多 more   再看几句
  帮助 help   这几行说明
  退出 quit   结束（或 Ctrl-D）
答案是文档里的原句，一字不改；其后一行是出处；突出显示的是回答问题的部分。文档里没有的，就说没有找到。"""
_NO_MORE = "没有更多了。"
_NOTHING_YET = "先问一个问题。"
PROMPT = "问 › "
_PHRASES = phrases("zh")
_MOST = 50


def as_json(answer: Answer) -> dict[str, Any]:
    """Give an answer as ``ask --json`` prints it.

    The shape is stable. ``synonyms``, ``corrections`` and ``partial`` (of the answer), ``also`` and ``disputed`` (of a
    quote) are there only where there is something to say.
    """
    synonyms = {"synonyms": [list(pair) for pair in answer.synonyms]} if answer.synonyms else {}
    corrections = {"corrections": [list(pair) for pair in answer.corrections]} if answer.corrections else {}
    partial = {"partial": True} if answer.partial else {}
    return {
        "question": answer.question,
        "answered": answer.answered,
        "certainty": answer.certainty,
        "confidence": round(answer.confidence, 4),
        "missing": list(answer.missing),
        "answers": [_quote_as_json(quote) for quote in answer.quotes],
        **synonyms,
        **corrections,
        **partial,
    }


def _quote_as_json(quote: Quote) -> dict[str, Any]:
    sentence, paragraph = quote.sentence, quote.paragraph
    also = {"also": [_source_as_json(source) for source in quote.also]} if quote.also else {}
    disputed = {"disputed": True} if quote.disputed else {}
    return {
        "sentence": sentence.text,
        "score": round(quote.score, 4),
        "highlights": [list(span) for span in quote.highlights],
        "paragraph": {
            "number": paragraph.number,
            "text": paragraph.text,
            "start": sentence.start,
            "end": sentence.end,
        },
        "document": _source_as_json(quote.source),
        **also,
        **disputed,
    }


def _source_as_json(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "path": source.path,
        "author": source.author,
        "date": source.date,
        "url": source.url,
    }


async def ask(questions: Iterable[str], ask: Ask, *, limit: int, as_json_lines: bool) -> bool:
    """Print one answer for each question that is not blank; gives whether any was answered."""
    console = screen()
    answered = False
    for question in questions:
        if not question.strip():
            continue
        answer = await ask(question.strip(), limit=limit)
        answered = answered or answer.answered
        if as_json_lines:
            print(json.dumps(as_json(answer), ensure_ascii=False), flush=True)  # noqa: T201 - this is the output
        else:
            _show(console, answer, answer.quotes)
    return answered


async def chat(console: Console, lines: AsyncIterator[str], ask: Ask, *, limit: int, interactive: bool) -> None:
    """Answer line after line, with commands to page on, for help and to leave.

    ``interactive`` greets first; from a pipe only what was asked for is printed.
    """
    if interactive:
        console.print(_WELCOME, style="dim", soft_wrap=True)
    answer: Answer | None = None
    shown = 0
    async for line in lines:
        words = line.strip()
        match words.lower():
            case "":
                continue
            case word if word in QUIT:
                return
            case word if word in HELP:
                console.print(_HELP, soft_wrap=True)
            case word if word in MORE:
                if answer is None:
                    console.print(_NOTHING_YET)
                    continue
                page = answer.quotes[shown : shown + limit]
                shown += len(page)
                if page:
                    _show(console, answer, page)
                else:
                    console.print(_NO_MORE)
            case _:
                answer = await ask(words, limit=_MOST)
                page = answer.quotes[:limit]
                shown = len(page)
                _show(console, answer, page)
                if interactive and len(answer.quotes) > shown:
                    console.print(f"还有 {len(answer.quotes) - shown} 句，输入“更多”", style="dim")


async def typed() -> AsyncIterator[str]:
    """Give the lines that a person types at a prompt, with history and editing where the system has them."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - importing it is what gives input() its history
    while True:
        try:
            yield await asyncio.to_thread(input, PROMPT)
        except EOFError:
            print()  # noqa: T201 - the shell's prompt goes on a line of its own
            return


async def piped() -> AsyncIterator[str]:
    """Give the lines of standard input, each as soon as it is there."""
    for line in sys.stdin:
        yield line


def _show(console: Console, answer: Answer, quotes: Iterable[Quote]) -> None:
    if not answer.answered:
        console.print(not_found(answer, _PHRASES), soft_wrap=True)
    elif answer.certainty == "maybe":
        console.print(_PHRASES.text("maybe"), style="yellow", soft_wrap=True)
    for quote in quotes:
        text = Text(quote.sentence.text.strip())
        lead = len(quote.sentence.text) - len(quote.sentence.text.lstrip())
        for start, end in quote.highlights:
            text.stylize("bold green", start - lead, end - lead)
        console.print(text, soft_wrap=True)
        console.print(Text(f"—— {source_line(quote, _PHRASES)}", style="dim"), soft_wrap=True)
    if answer.partial:
        console.print(_PHRASES.text("partial"), style="yellow", soft_wrap=True)
    console.print()
