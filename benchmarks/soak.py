"""Serves for an hour under load while the documents change: is memory flat, is the slowest answer, is anything lost?

The real ``serve`` as a process of its own against the fake Bot API: people ask at an even pace, once a minute a
document is changed, added or removed. With ``--hostile``, half of the documents are private, and once a minute come
every hostile file, in the folder and as an upload, every hostile question, and buttons that nobody was shown. A line a
minute, also with how late this process itself was in asking and what an answer took of the processor, and a verdict,
which is the exit status, at the end::

    python -m benchmarks.soak [SECONDS] [--rate 20] [--paragraphs 4000] [--hostile] [--log FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import Json
from testbed.hostile import hostile, hostile_questions

PEOPLE = 300
DOCUMENTS = 200
MOST_GROWTH = 1.10
"""Of memory, after the time in which everything is used for the first time."""
MOST_SLOWER = 1.5
"""Of the slowest of a hundred answers, from the first half to the second; machines have other things to do."""
SLOWEST_SECONDS = 0.25
"""Below which 99 of a hundred answers are, in the median minute."""
LEAST_SECONDS = 600
"""Below this none of it is judged: a bot that has just started still grows."""
GRACE_SECONDS = 30.0
SEEDS = Path(__file__).parent.parent / "seeds"
PRIVATE = "内部"
MARK = "密级"
"""Stands in every private paragraph and nowhere else."""
PARAGRAPHS = 20 * DOCUMENTS
FORGED = (
    "",
    "U:AAAAAAAAAAAAAAAA",
    "p:AAAAAAAAAAAAAAAA:999999",
    "F:" + "A" * 32,
    "a:" + "密" * 20,
    "S:x:0",
    "w:" + "-" * 62,
)
WORDS = ("港口", "铁路", "机器人", "电池", "卫星", "农场", "医院", "学校", "桥梁", "软件")


@dataclass
class Minute:
    """What a minute has shown: seconds that answers took, and that questions were asked late; bytes of memory."""

    seconds: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    children: list[int] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Seconds below which this share of the answers was."""
        return _quantile(self.seconds, share)


def _quantile(seconds: list[float], share: float) -> float:
    return sorted(seconds)[int(share * (len(seconds) - 1))] if seconds else 0.0


class Telegram(FakeBotAPI):
    """The fake, noting what it would otherwise remember for ever: when each question was asked and answered."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[int, float] = {}
        self.answers: Counter[int] = Counter()
        self.minutes: list[Minute] = [Minute()]
        self.told = ""
        self.leaked = 0
        self._take = self.methods["sendMessage"]
        self.methods["sendMessage"] = self._noted

    def ask(self, person: int, text: str) -> int:
        """Somebody asks; gives the id of the message."""
        sender = {"id": 10_000 + person, "is_bot": False, "first_name": "x", "language_code": "zh"}
        message = self.private(text, sender=sender, date=int(time.time()))
        self.asked[message["message_id"]] = time.perf_counter()
        return int(message["message_id"])

    def _noted(self, parameters: Json) -> Any:
        sent = self._take(parameters)
        reply = self.replies.pop()
        self.calls.clear()
        if reply.chat_id == 10_000 + PEOPLE:  # the operator, whose messages are edited
            self.told = reply.text
        else:
            self.leaked += MARK in reply.text
            self.delete_reply(reply)
        if reply.reply_to is not None and reply.reply_to in self.asked:
            if not self.answers[reply.reply_to]:
                self.minutes[-1].seconds.append(time.perf_counter() - self.asked[reply.reply_to])
                self.delete({"chat": {"id": reply.chat_id}, "message_id": reply.reply_to})
            self.answers[reply.reply_to] += 1
        return sent

    @property
    def lost(self) -> int:
        """How many questions have no answer."""
        return len(self.asked) - len(self.answers)

    async def found(self, needle: str, question: str, *, within_seconds: float) -> bool:
        """Ask again and again until an answer holds this."""
        last = time.perf_counter() + within_seconds
        while time.perf_counter() < last:
            number = self.ask(PEOPLE, question)
            while not self.answers[number] and time.perf_counter() < last:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            if needle in self.told:
                return True
            await asyncio.sleep(1)
        return False


def write_documents(folder: Path, *, paragraphs: int, private: bool) -> None:
    """Write the seed document and others of which every one says something of its own, half of them private if so."""
    shutil.copytree(SEEDS, folder, dirs_exist_ok=True)
    choice = random.Random(1)
    (folder / PRIVATE).mkdir()
    for number in range(DOCUMENTS):
        inside = private and number % 2 == 1
        lines = [
            f"{choice.choice(WORDS)}计划第{number}号第{line}期的预算是{choice.randrange(10_000)}万元，"
            f"由{choice.choice(WORDS)}部门在{choice.randrange(2000, 2030)}年完成。"
            + (f"{MARK}{line}，{_secret(line)}。" if inside else "")
            for line in range(paragraphs // DOCUMENTS)
        ]
        place = folder / PRIVATE if inside else folder
        (place / f"{number:03}.txt").write_text("\n".join(lines), encoding="utf-8")


def _secret(number: int) -> str:
    """Return a word that stands in private documents only."""
    return f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}字{'子丑寅卯辰巳午未申酉'[number // 10 % 10]}号方案"


def question(choice: random.Random) -> str:
    """Return a question that most likely has an answer."""
    return f"{choice.choice(WORDS)}计划第{choice.randrange(DOCUMENTS)}号的预算是多少？"


@asynccontextmanager
async def serving(api: Telegram, place: Path, log: Path, *, private: bool) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot as a process, ended by SIGTERM."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")}
    environment |= {
        "YUANJU_DOCUMENTS": str(place / "documents"),
        "YUANJU_INDEX": str(place / "index"),
        "YUANJU_TELEGRAM_TOKEN": api.token,
        "YUANJU_TELEGRAM_API_URL": api.url,
        "YUANJU_ADMINS": str(10_000 + PEOPLE),
        "YUANJU_PERSON_PER_MINUTE": "0",
    }
    if private:
        environment["YUANJU_PRIVATE_FOLDERS"] = f"{PRIVATE}={10_000 + PEOPLE}"
    with log.open("wb") as stream:
        start = partial(asyncio.create_subprocess_exec, sys.executable, "-m", "bot", env=environment, cwd=place)
        await (await start("index", stdout=asyncio.subprocess.DEVNULL, stderr=stream)).wait()
        process = await start("serve", stderr=stream)
    try:
        await api.until_called("getUpdates")
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def people(api: Telegram, rate: float, seconds: float) -> None:
    """Ask at an even pace, whether answers come or not."""
    choice, begun = random.Random(2), time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(begun + number / rate - time.perf_counter())
        api.minutes[-1].late.append(time.perf_counter() - begun - number / rate)
        api.ask(choice.randrange(PEOPLE), question(choice))


async def attacks(api: Telegram, documents: Path, files: dict[str, bytes], pause: float) -> None:
    """Send every hostile file and question within each ``pause``, until cancelled."""
    questions = hostile_questions([_secret(number) for number in range(100)])
    stranger = {"id": 9_999, "is_bot": False, "first_name": "x", "language_code": "zh"}
    operator = stranger | {"id": 10_000 + PEOPLE}
    number = 0
    while True:
        number += 1
        await asyncio.to_thread(_replaced, documents / f"收到{number - 1}", documents / f"收到{number}", files)
        steps: list[Callable[[], object]] = [
            *(partial(api.private, text, sender=stranger) for text in questions),
            *(partial(api.upload, name, content, sender=operator) for name, content in files.items()),
            *(partial(api.upload, name, content, sender=stranger) for name, content in files.items()),
            *(partial(_forge, api, data, stranger) for data in FORGED),
        ]
        for step in steps:
            step()
            await asyncio.sleep(pause / len(steps))
        api.files.clear()


def _replaced(before: Path, folder: Path, files: dict[str, bytes]) -> None:
    """Write files in a new folder, in place of the one before."""
    shutil.rmtree(before, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _forge(api: Telegram, data: str, stranger: Json) -> None:
    shown = api.said(api.me, "……", chat={"id": stranger["id"], "type": "private", "first_name": "x"})
    api.push_press(data, shown, sender=stranger)


async def changes(api: Telegram, documents: Path, pause: float) -> list[float]:
    """Change a document, add one, remove one, again and again; gives the seconds until each change was found.

    Where nobody watches the folder, the operator has it read again.
    """
    lags: list[float] = []
    try:
        number = 0
        while True:
            await asyncio.sleep(pause)
            number += 1
            budget = f"{7_000_000 + number}"
            text = f"星海计划的总预算是{budget}万元。\n"
            (documents / "星海.txt").write_text(text, encoding="utf-8")
            (documents / f"新{number % 5}.txt").write_text(f"月球计划第{number}期开始了。\n", encoding="utf-8")
            (documents / f"新{(number + 2) % 5}.txt").unlink(missing_ok=True)
            begun = time.perf_counter()
            if not await api.found(budget, "星海计划的总预算是多少？", within_seconds=min(20, pause / 2)):
                api.ask(PEOPLE, "/reload")
                await api.found(budget, "星海计划的总预算是多少？", within_seconds=60)
            lags.append(time.perf_counter() - begun)
    except asyncio.CancelledError:
        return lags


async def measure(api: Telegram, process: psutil.Process, minute_seconds: float) -> None:
    """Note memory ten times a minute, and print what each minute has shown."""
    print("minute  answers  lost so far   p50 ms   p99 ms   asked late ms   CPU ms each   memory MB   with children MB")
    while True:
        minute = api.minutes[-1]
        used = _used(process)
        for _ in range(10):
            await asyncio.sleep(minute_seconds / 10)
            minute.memory.append(_memory(process))
            minute.children.append(minute.memory[-1] + sum(map(_memory, process.children(recursive=True))))
        p50, p99, late = (
            1000 * minute.quantile(0.5),
            1000 * minute.quantile(0.99),
            1000 * _quantile(minute.late, 0.99),
        )
        each = 1000 * (_used(process) - used) / max(len(minute.seconds), 1)
        own, all_ = max(minute.memory) / 1e6, max(minute.children) / 1e6
        print(
            f"{len(api.minutes):6}  {len(minute.seconds):7}  {api.lost:11}  {p50:7.1f}  {p99:7.1f}  {late:14.1f}"
            f"  {each:12.1f}  {own:10.1f}  {all_:17.1f}",
            flush=True,
        )
        api.minutes.append(Minute())


def _used(process: psutil.Process) -> float:
    """Return how many seconds of the processor a process has used, without those that it has started."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it has just ended
        return 0


def verdict(
    minutes: list[Minute], *, judged: bool, lost: int, duplicates: int, status: int | None, leaks: int, shown: int
) -> list[str]:
    """Return what is not as it should be. The first sixth of the time is for everything to be used once."""
    steady = minutes[max(1, len(minutes) // 6) :]
    half = len(steady) // 2
    early, late = steady[:half], steady[half:]
    third = max(1, half // 3)
    before, after = (statistics.median(max(one.memory) for one in part) for part in (early[:third], late[-third:]))
    slow, slower = (statistics.median(one.quantile(0.99) for one in part) for part in (early, late))
    print(
        f"memory {before / 1e6:.1f} → {after / 1e6:.1f} MB ({after / before - 1:+.1%}), at most +{MOST_GROWTH - 1:.0%}"
    )
    print(f"p99 {1000 * slow:.1f} → {1000 * slower:.1f} ms, at most × {MOST_SLOWER}")
    print(f"{lost} lost, {duplicates} answered twice, exit status {status}, {leaks} secrets or questions in the log")
    print(f"{shown} private paragraphs shown to others")
    return [
        wrong
        for wrong, found in (
            ("memory grows", judged and after > MOST_GROWTH * before),
            ("answers get slower", judged and slower > MOST_SLOWER * slow + 0.02),
            ("answers are slow", judged and slower > SLOWEST_SECONDS),
            ("private words are shown", shown > 0),
            ("questions are lost", lost > 0),
            ("it did not end well", status != 0),
            ("the log tells too much", leaks > 0),
        )
        if found
    ]


async def soak(seconds: float, rate: float, log: Path | None, *, paragraphs: int, private: bool) -> list[str]:
    """Soak for so many seconds; gives what is wrong."""
    minute_seconds = min(60.0, seconds / 6)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        written = log or place / "log"
        write_documents(place / "documents", paragraphs=paragraphs, private=private)
        files = hostile() if private else {}  # which takes seconds
        async with Telegram() as api:
            async with serving(api, place, written, private=private) as process:
                measuring = asyncio.create_task(measure(api, psutil.Process(process.pid), minute_seconds))
                changing = asyncio.create_task(changes(api, place / "documents", minute_seconds))
                attacking = (
                    [asyncio.create_task(attacks(api, place / "documents", files, minute_seconds))] if private else []
                )
                begun = time.perf_counter()
                await people(api, rate, seconds)
                took = time.perf_counter() - begun
                changing.cancel()
                lags = await changing
                for task in attacking:
                    task.cancel()
                await asyncio.gather(*attacking, return_exceptions=True)
                last = time.perf_counter() + GRACE_SECONDS
                while api.lost and time.perf_counter() < last:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
                measuring.cancel()
                await asyncio.gather(measuring, return_exceptions=True)
            duplicates = sum(count > 1 for count in api.answers.values())
            told = written.read_text(encoding="utf-8")
            leaks = told.count(api.token.partition(":")[2]) + sum(
                told.count(word) for word in ("星海计划", "的预算是多少")
            )
            print(f"{len(api.asked)} questions in {took:.0f} s, {len(lags)} changes found after {_spread(lags)} s")
            minutes = [minute for minute in api.minutes if len(minute.memory) == 10]
            return verdict(
                minutes,
                judged=seconds >= LEAST_SECONDS,
                lost=api.lost,
                duplicates=duplicates,
                status=process.returncode,
                leaks=leaks,
                shown=api.leaked,
            )


def _spread(seconds: list[float]) -> str:
    return f"{min(seconds):.1f}–{max(seconds):.1f}" if seconds else "–"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", nargs="?", type=float, default=3600)
    parser.add_argument("--rate", type=float, default=20, help="questions a second")
    parser.add_argument("--paragraphs", type=int, default=PARAGRAPHS, help=f"about so many, in {DOCUMENTS} documents")
    parser.add_argument("--hostile", action="store_true", help="with private documents, and what strangers try")
    parser.add_argument("--log", type=Path, help="where to keep the bot's log")
    arguments = parser.parse_args()
    wrong = asyncio.run(
        soak(
            arguments.seconds,
            arguments.rate,
            arguments.log,
            paragraphs=arguments.paragraphs,
            private=arguments.hostile,
        )
    )
    print(f"FAILED: {', '.join(wrong)}" if wrong else "Sound")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
