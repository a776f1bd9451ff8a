"""Kills the bot, as a process of its own, again and again at random moments; run by ``make restarts``.

People ask, vote, send files, remove them and have the documents changed meanwhile. In the end every question must have
been answered, no more of them twice than there were kills, every answer quote one generation of the documents, every
vote count once, every file that was confirmed be there and every one that was removed be gone, and index and database
be whole. What two processes ended over is set aside with an apology, as if it were to blame: these are counted::

    python -m benchmarks.restarts [KILLS]
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import signal
import sqlite3
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.actions import unpacked
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import Json, Reply

SHOPS = "甲乙丙丁戊"
MONTHS = "一二三四五六七八"
PEOPLE = [{"id": 5000 + number, "is_bot": False, "first_name": "x", "language_code": "zh"} for number in range(40)]
OPERATOR = PEOPLE[0]
MOST_CALLS = 150
"""How much a bot does before it is killed, at most; and how long it lives after that, or, now and then, at all."""
LONGEST_SECONDS = 0.1
STARTING_SECONDS = 1.5
MOST_WAITING = 100
"""Messages that wait at Telegram while the bot is away: a machine that is busy starts it slowly."""
PATIENCE_SECONDS = 120.0
MANY = 50
"""Kills over which answers given twice are averaged: a single one may find sixteen on their way."""

_NUMBERED = re.compile(r"(\d+)\D{0,9}?(稿\d+\.txt)")
_GENERATION = re.compile(r"第(\d+)版")


def write(documents: Path, generation: int) -> None:
    """Replace all documents at once: they are in one archive, and each sentence tells its generation."""
    half = documents.parent / "half.zip"
    with zipfile.ZipFile(half, "w") as archive:
        for shop in SHOPS:
            lines = [
                f"{shop}车间在{month}月的产量是{(generation * 7 + place) % 90 + 10}吨，见第{generation}版。"
                for place, month in enumerate(MONTHS)
            ]
            archive.writestr(f"{shop}.txt", "\n\n".join(lines))
    half.replace(documents / "texts.zip")


class Trial:
    """One bot that is killed and started, and the people who do not notice."""

    def __init__(self, api: FakeBotAPI, folder: Path, seed: int) -> None:
        self.api = api
        self.choice = random.Random(seed)
        self.documents = folder / "documents"
        self.index = folder / "index"
        self.documents.mkdir()
        self.log = folder / "log"
        self.generation = 1
        self.asked: list[Json] = []
        self.presses: list[tuple[str, int]] = []
        self.sent: dict[int, str] = {}  # files, by the message that they came in
        self.confirmed: set[str] = set()
        self.removed: set[str] = set()
        self.listing = 0  # the message that asked for the list by which a file is removed next
        self.moments: Counter[str] = Counter()
        write(self.documents, 1)

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """The bot, killed in the end if it still lives."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")} | {
            "YUANJU_DOCUMENTS": str(self.documents),
            "YUANJU_INDEX": str(self.index),
            "YUANJU_TELEGRAM_TOKEN": self.api.token,
            "YUANJU_TELEGRAM_API_URL": self.api.url,
            "YUANJU_ADMINS": str(OPERATOR["id"]),
            "YUANJU_PERSON_PER_MINUTE": "0",
            "YUANJU_FOLLOW_UP_MINUTES": "0",
        }
        with self.log.open("ab") as log:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"), env=environment, stdout=log, stderr=log
            )
        try:
            yield child
        finally:
            if child.returncode is None:
                child.send_signal(signal.SIGKILL)
            await child.wait()

    async def life(self) -> None:
        """Start the bot and kill it: as it starts, or when it has been answering for a while."""
        self.api.delay = self.choice.choice((0.0, 0.0, 0.01, 0.05))
        self.api.calls.clear()
        calls = self.choice.randrange(MOST_CALLS)
        async with self.bot() as child:
            if self.choice.random() >= 0.2:
                waited = 0.0
                while len(self.api.calls) <= calls and child.returncode is None and waited < PATIENCE_SECONDS / 4:
                    await asyncio.sleep(0.005)
                    waited += 0.005
            await asyncio.sleep(self.choice.uniform(0, LONGEST_SECONDS if self.api.calls else STARTING_SECONDS))
            assert child.returncode is None, self.log.read_text(encoding="utf-8")[-2000:]
            busy = [method for method, count in self.api.under_way.items() if count and method != "getUpdates"]
            self.moments["starting" if not self.api.calls else busy[0] if busy else "between calls"] += 1

    async def people(self) -> None:
        """Ask, vote and change the documents, until cancelled."""
        while True:
            await asyncio.sleep(self.choice.uniform(0.01, 0.12))
            if len(self.api.pending) >= MOST_WAITING:
                continue
            chance = self.choice.random()
            if chance < 0.75 or not self.api.replies:
                self.ask()
            elif chance < 0.9:
                self.vote()
            elif chance < 0.97:
                self.keep_files()
            else:
                self.generation += 1
                write(self.documents, self.generation)
                self.asked.append(self.api.private("/reload", sender=OPERATOR))

    def ask(self) -> None:
        """Ask for what every document says in other words."""
        text = f"{self.choice.choice(SHOPS)}车间在{self.choice.choice(MONTHS)}月的产量是多少？"
        self.asked.append(self.api.private(text, sender=self.choice.choice(PEOPLE)))

    def vote(self) -> None:
        """Vote for an answer, once each."""
        reply = self.choice.choice(self.api.replies[-200:])
        up = next((data for text, data in reply.buttons.items() if text.startswith("👍")), None)
        if up and (up, reply.chat_id) not in self.presses:
            self.presses.append((up, reply.chat_id))
            sender = next(person for person in PEOPLE if person["id"] == reply.chat_id)
            self.api.press(reply, up, sender=sender)

    def keep_files(self) -> None:
        """Send a file, confirm one that has been looked at, or remove one that has been taken in."""
        shown = {self.sent[reply.reply_to]: reply for reply in self.api.replies if reply.reply_to in self.sent}
        taken = {edit.text.split(" ")[1].split("：")[0] for edit in self.api.edits if edit.text.startswith("已加入 ")}
        if waiting := sorted(shown.keys() - self.confirmed):
            self.confirmed.add(waiting[0])
            self.api.press(shown[waiting[0]], "加进来", sender=OPERATOR)
        elif self.listing:
            shown_list = next((reply.text for reply in self.api.replies if reply.reply_to == self.listing), "")
            if numbers := {name: number for number, name in _NUMBERED.findall(shown_list)}:
                self.listing = 0
                self.remove(taken, numbers)
        elif len(taken - self.removed) > 1:
            if self.choice.random() < 0.5:
                self.remove(taken, {})
            else:
                message = self.api.private("/sources", sender=OPERATOR)
                self.asked.append(message)
                self.listing = message["message_id"]
        else:
            name = f"稿{len(self.sent)}.txt"
            message = self.api.upload(name, f"第{len(self.sent)}份稿件写的是库房的钥匙。".encode(), sender=OPERATOR)
            self.sent[message["message_id"]] = name
            self.asked.append(message)

    def remove(self, taken: set[str], numbers: dict[str, str]) -> None:
        """Remove one of the files that were taken in, by its number where it has one."""
        name = next((name for name in sorted(taken - self.removed) if not numbers or name in numbers), None)
        if name is not None:
            self.removed.add(name)
            self.asked.append(self.api.private(f"/remove {numbers.get(name, name)}", sender=OPERATOR))

    def misplaced(self) -> set[str]:
        """The files that are not where they should be."""
        there = {file.name for file in self.documents.glob("*.txt")}
        return there ^ (self.confirmed - self.removed)

    async def last_life(self) -> int:
        """Let the bot finish and stop it in good order; gives its exit status."""
        self.api.delay = 0.0
        self.api.calls.clear()
        async with self.bot() as child:
            waited, left = 0.0, -1
            # A process that has not called yet may not have got as far as to listen to signals.
            while now := len(self.unanswered()) + len(self.api.pending) + (self.waiting() if self.api.calls else 1):
                waited, left = (waited + 0.1 if now == left else 0.0), now
                assert waited < PATIENCE_SECONDS, f"no answer to {now}: {self.inbox()}"
                await asyncio.sleep(0.1)
            child.send_signal(signal.SIGTERM)
            return await child.wait()

    def unanswered(self) -> list[Json]:
        """The questions without an answer."""
        answered = {reply.reply_to for reply in self.api.replies}
        return [message for message in self.asked if message["message_id"] not in answered]

    def waiting(self) -> int:
        """How many updates were received and not dealt with: presses, too, which no message answers."""
        return sum(count for state, _, _, count in self.inbox() if state == "waiting")

    def twice(self) -> int:
        """How many answers were given once more than once."""
        given = Counter(reply.reply_to for reply in self.api.replies if reply.reply_to is not None)
        return sum(count - 1 for count in given.values())

    def mixed(self) -> list[Reply]:
        """The answers that quote several generations."""
        return [reply for reply in self.api.replies if len(set(_GENERATION.findall(reply.text))) > 1]

    def quoted(self) -> set[str]:
        """All the generations that were quoted."""
        return {number for reply in self.api.replies for number in _GENERATION.findall(reply.text)}

    def wrong_votes(self) -> tuple[list[str], int]:
        """The votes that are not counted as one in favour; and how many votes there were on answers that are known."""
        with contextlib.closing(sqlite3.connect(self.index / "state.sqlite")) as database:
            kept = dict(database.execute("SELECT key, payload FROM buttons").fetchall())
            counted = {(answer, person): value for answer, person, value in database.execute(
                "SELECT answer_id, person_id, value FROM votes"
            )}  # fmt: skip
        wrong, known = [], 0
        for data, person in self.presses:
            press = unpacked(data)
            assert press is not None
            found = re.search(r'"answer_id": ?(\d+)', kept.get(press.key, ""))
            if found:
                known += 1
                if counted.get((int(found[1]), person)) != 1:
                    wrong.append(data)
        return wrong, known

    def inbox(self) -> list[Any]:
        """How many updates are in which state, and begun with how often."""
        with contextlib.closing(sqlite3.connect(self.index / "state.sqlite")) as database:
            query = "SELECT state, attempts, reason, count(*) FROM inbox GROUP BY state, attempts, reason"
            return database.execute(query).fetchall()

    def set_aside(self) -> tuple[list[Any], int]:
        """What has failed; and how many updates were given up because two processes ended over them."""
        with contextlib.closing(sqlite3.connect(self.index / "state.sqlite")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            rows = database.execute("SELECT update_id, reason FROM inbox WHERE state = 'failed'").fetchall()
        failed = [row for row in rows if not row[1].startswith("the process ended")]
        return failed, len(rows) - len(failed)

    def damage(self) -> list[str]:
        """What of the index cannot be read."""
        engine = LocalEngine(self.index, Tokenizer(self.index / "jieba"))
        try:
            return list(engine.damage())
        finally:
            engine.close()


async def trial(kills: int, *, seed: int) -> None:
    """Kill so often, and print what came of it. Raises ``AssertionError`` where something was lost or is broken."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with FakeBotAPI() as api:
            one = Trial(api, Path(folder), seed)
            people = asyncio.create_task(one.people())
            for number in range(kills):
                await one.life()
                if number % 10 == 9:
                    print(
                        f"{number + 1} kills, {len(one.asked)} questions, {one.twice()} answered twice", file=sys.stderr
                    )
            people.cancel()
            await asyncio.gather(people, return_exceptions=True)
            status = await one.last_life()
            log = one.log.read_text(encoding="utf-8")
            wrong, known = one.wrong_votes()
            assert not one.unanswered()
            assert not one.mixed()
            failed, given_up = one.set_aside()
            assert not failed, f"{failed}: {_tracebacks(log)}"
            assert given_up <= 1 + kills // 10, f"{given_up} given up"
            assert given_up or not wrong, wrong
            assert given_up or not (wrong_files := one.misplaced()), wrong_files
            assert kills < MANY or one.twice() <= kills, f"{one.twice()} twice"
            assert not one.damage()
            assert api.token not in log
            assert "车间" not in log
            assert status == 0, f"status {status}: {log[-2000:]}"
    moments = ", ".join(f"{moment} {count}" for moment, count in one.moments.most_common())
    print(f"{kills} kills ({moments}) in {time.monotonic() - started:.0f} s")
    print(
        f"{len(one.asked)} questions: all answered, {one.twice()} twice; {len(one.quoted())} generations quoted, none "
        f"mixed; {known} votes, each counted once ({len(one.presses) - known} on copies whose buttons are unknown); "
        f"{len(one.confirmed)} files taken in, {len(one.removed)} of them removed, each once; {given_up} given up"
    )


def _tracebacks(log: str) -> str:
    return "\n".join(line for line in log.splitlines() if '"exception"' in line or line.startswith(("  ", "Trace")))[
        -3000:
    ]


def main() -> None:
    asyncio.run(trial(int(sys.argv[1]) if len(sys.argv) > 1 else 200, seed=1))


if __name__ == "__main__":
    main()
