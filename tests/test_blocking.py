"""Nothing that takes longer with more documents runs on the event loop, and no answer takes for ever."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.access import Audience
from bot.documents.live_index import LiveIndex
from retrieval.answering import Answerer, time_share
from retrieval.engines.local import LocalEngine
from retrieval.errors import AnswerTimeoutError
from retrieval.language import Tokenizer
from testbed.fake_bot_api import FakeBotAPI
from testbed.serving import live_index, serving

pytestmark = pytest.mark.attack

LONGEST_SECONDS = 0.05
"""Of the processor's time, that one step may take on the event loop."""

WORDS = [f"{one}{other}" for one in "春夏秋冬东南西北" for other in "山水花鸟鱼虫草木金石"]


class Watched(asyncio.SelectorEventLoop):
    """An event loop that notes how long each step takes of its thread, however busy the machine is."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[float] = []

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Any = None
    ) -> asyncio.Handle:
        def step(*values: Any) -> None:
            began = time.thread_time()
            callback(*values)
            self.steps.append(time.thread_time() - began)

        return super().call_soon(step, *args, context=context)

    def slow(self) -> list[float]:
        """Return the steps that took too long since this was last asked."""
        slow = [seconds for seconds in self.steps if seconds > LONGEST_SECONDS]
        self.steps.clear()
        return slow


def write(folder: Path, *, documents: int, lines: int) -> None:
    """Documents that share their words, so that each question finds most of them."""
    choice = random.Random(7)
    for place in ("公开", "内部"):
        (folder / place).mkdir(parents=True, exist_ok=True)
        for number in range(documents):
            said = (f"{''.join(choice.sample(WORDS, 8))}是{choice.randrange(9999)}个。" for _ in range(30 * lines))
            text = "\n".join(map("".join, zip(*[said] * 30, strict=True)))  # thirty sentences a line
            (folder / place / f"{number}.txt").write_text(text, encoding="utf-8")


async def test_no_step_on_the_event_loop_waits_for_the_documents(tmp_path: Path, tokenizer: Tokenizer) -> None:
    write(tmp_path / "documents", documents=20, lines=20)

    async def ask(live: LiveIndex, loop: Watched) -> list[float]:
        inside = Audience(frozenset({"内部"}))
        await live.answer("春山是几个？", limit=3, audience=Audience())  # what is loaded at first use is no step
        await live.suggestions(Audience())
        loop.slow()
        for question in ("".join(WORDS[:20]), "夏水和东木是几个？", "不在任何地方的词"):
            for audience in (Audience(), inside):
                answer = await live.answer(question, limit=50, audience=audience)
                await live.nearest(question, limit=2, audience=audience)
                await live.ranking(question, audience=audience)
                await live.related(answer, audience)
        await live.suggestions(inside)
        return loop.slow()

    async def serve() -> list[float]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Watched)
        async with live_index(tmp_path / "documents", tmp_path / "index", tokenizer, threshold=0) as live:
            return await ask(live, loop)

    def run() -> list[float]:
        with asyncio.Runner(loop_factory=Watched) as runner:
            return runner.run(serve())

    assert await asyncio.to_thread(run) == []


async def test_a_step_that_takes_long_is_noticed() -> None:
    def run() -> list[float]:
        async def busy() -> None:
            began = time.thread_time()
            while time.thread_time() - began < 2 * LONGEST_SECONDS:
                pass

        with asyncio.Runner(loop_factory=Watched) as runner:
            runner.run(busy())
            loop = runner.get_loop()
            assert isinstance(loop, Watched)
            return loop.slow()

    assert len(await asyncio.to_thread(run)) == 1


class Hanging(LocalEngine):
    """An engine that is searched elsewhere, and never finds anything."""

    found: Any = None

    async def search(self, *_: object, **__: object) -> Any:
        await asyncio.Event().wait()


@pytest.fixture
async def hanging(tmp_path: Path, tokenizer: Tokenizer) -> AsyncIterator[Answerer]:
    engine = Hanging(tmp_path, tokenizer)
    yield Answerer(engine, tokenizer, threshold=0.5, seconds=0.05)
    engine.close()


async def test_an_answer_that_takes_too_long_is_given_up(hanging: Answerer) -> None:
    with pytest.raises(AnswerTimeoutError, match=r"after 0\.05 seconds"):
        await hanging.answer("机器人有几个关节？")


async def test_a_share_of_the_time_is_given_up_earlier(hanging: Answerer) -> None:
    time_share.set(0.5)
    with pytest.raises(AnswerTimeoutError, match=r"after 0\.025 seconds"):
        await hanging.answer("机器人有几个关节？")


async def test_who_asked_is_told_and_the_log_says_which_update_it_was(
    api: FakeBotAPI, tmp_path: Path, tokenizer: Tokenizer, hanging: Answerer, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "documents", documents=1, lines=1)
    async with live_index(tmp_path / "documents", tmp_path / "other", tokenizer) as live:
        live.snapshot.answerer = hanging
        async with serving(api, live):
            api.private("机器人有几个关节？")
            (update,) = api.pending
            assert "出了点问题" in (await api.next_reply()).text
    assert f"Update {update['update_id']} could not be answered" in caplog.messages
