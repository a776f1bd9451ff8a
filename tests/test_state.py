"""The bot's memory: one contract for every database that it can live in."""

from __future__ import annotations

import asyncio
import csv
import io
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, Connection, inspect, text, update

from bot.actions import Kept, KeptAnswer, KeptList, KeptPerson, KeptQuestions, KeptRemoval, KeptUpload
from bot.memory import schema
from bot.memory.audit import Day, Statistics, Unanswered, Votes, unanswered_csv
from bot.memory.exchange import Asker, Exchange, new_key
from bot.memory.inbox import Arrival
from bot.memory.notes import of_exchange, of_reply
from bot.memory.schema import StateError
from bot.memory.state import State, connect, database_url, opened
from retrieval.records import Answer
from testbed.serving import quote
from tests.conftest import Clock

ANN = Asker(person_id=1001, chat_id=-100_200_300_400_500, topic_id=7)
BEN = Asker(person_id=2**52 - 1, chat_id=-100_200_300_400_500)
DAY = 86_400.0


@pytest.fixture
async def state(url: URL, clock: Clock) -> AsyncIterator[State]:
    async with opened(url, clock=clock) as state:
        yield state


async def record(
    state: State,
    question: str = "问题",
    *,
    asker: Asker = ANN,
    found: bool = True,
    sure: bool = True,
    ms: float = 5,
) -> int:
    answer = Answer(question, (quote(),) if found else (), 0.9 if found else 0.1, sure=sure)
    exchange = Exchange(asker, answer, ms, "generation-000001", kept=KeptList(1), key=new_key(), reply_message_id=1)
    await state.keep([of_exchange(exchange, state.clock())])
    return exchange.id


async def rows(url: URL, table: str) -> list[tuple[object, ...]]:
    engine = connect(url)
    async with engine.connect() as connection:
        found = [tuple(row) for row in await connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608
    await engine.dispose()
    return found


async def count(url: URL) -> dict[str, int]:
    """How many rows every table has that holds what people did."""
    return {
        table.name: len(await rows(url, table.name))
        for table in schema.tables.sorted_tables
        if table is not schema.version
    }


class TestLastQuestion:
    async def test_it_is_the_askers_own_in_that_chat_and_topic(self, state: State) -> None:
        await record(state, "第一个", asker=ANN)
        await record(state, "第二个", asker=ANN)
        elsewhere = Asker(ANN.person_id, ANN.chat_id, topic_id=8)
        asked = [await state.last_question(asker, within_seconds=60) for asker in (ANN, BEN, elsewhere)]
        assert [question and question.text for question in asked] == ["第二个", None, None]

    async def test_it_is_forgotten_after_its_time(self, state: State, clock: Clock) -> None:
        await record(state, "问题", asker=ANN)
        clock.now += 60
        assert await state.last_question(ANN, within_seconds=60)
        assert await state.last_question(ANN, within_seconds=59) is None


class TestExchanges:
    async def test_of_several_that_are_kept_together_the_last_one_counts(self, state: State) -> None:
        await state.keep(
            [
                of_exchange(
                    Exchange(
                        *(ANN, Answer(question, (), 0.1), 5, "1", KeptQuestions(1, (question,)), new_key(), reply),
                        question_message_id=10,
                    ),
                    state.clock(),
                )
                for reply, question in enumerate(("第一个", "第二个"), 20)
            ]
        )
        last = await state.last_question(ANN, within_seconds=60)
        assert last
        assert last.text == "第二个"
        assert await state.reply_to(ANN.chat_id, 10) == 21


class TestButtons:
    async def test_they_stand_for_what_they_stood_for_before_a_restart(self, url: URL) -> None:
        kept: list[Kept] = [
            KeptAnswer(1, 2, "en", "“问”\0", "问", 3),
            KeptQuestions(1, ("一", "二")),
            KeptPerson(1, 2),
            KeptList(1),
            KeptUpload(1, "甲.txt", "x"),
            KeptRemoval(1, "甲.txt", "x"),
        ]
        async with opened(url) as before:
            keys = [await before.keep_for_buttons(one, person_id=1) for one in kept]
        async with opened(url) as after:
            assert [await after.kept_for_button(key) for key in keys] == kept

    async def test_what_another_version_wrote_is_out_of_date(self, url: URL) -> None:
        async with opened(url) as state:
            key = await state.keep_for_buttons(KeptList(1), person_id=1)
            engine = connect(url)
            async with engine.begin() as connection:
                await connection.execute(update(schema.buttons).values(payload='{"kind": "future", "chat_id": 1}'))
            await engine.dispose()
            assert await state.kept_for_button(key) is None

    async def test_keys_leave_room_in_callback_data(self, state: State) -> None:
        keys = [await state.keep_for_buttons(KeptList(1), person_id=1) for _ in range(20)]
        assert len(set(keys)) == 20
        assert all(len(key.encode()) == 16 for key in keys)

    async def test_an_unknown_key_is_out_of_date(self, state: State) -> None:
        assert await state.kept_for_button("unknown") is None


class TestReplies:
    async def test_the_reply_to_a_question_is_found_again(self, state: State) -> None:
        await state.keep([of_reply(ANN, 10, 11, state.clock())])
        await state.keep([of_reply(ANN, 10, 12, state.clock())])
        assert await state.reply_to(ANN.chat_id, 10) == 12
        assert await state.reply_to(ANN.chat_id, 11) is None
        assert await state.reply_to(1, 10) is None


class TestNotices:
    async def test_one_is_given_once_within_its_time(self, state: State, clock: Clock) -> None:
        async def due(kind: str = "slow_down", subject: int = 1) -> bool:
            return await state.give_notice(kind, subject, within_seconds=60)

        assert [await due(), await due(), await due(subject=2), await due("turned_away")] == [True, False, True, True]
        clock.now += 59
        assert not await due()
        clock.now += 1
        assert await due()
        assert not await due()


class TestVotes:
    async def test_everybody_has_one_vote_and_may_change_it(self, state: State) -> None:
        answer = await record(state)
        assert await state.audit.vote(answer, 1, 1) == Votes(1, 0)
        assert await state.audit.vote(answer, 2, 1) == Votes(2, 0)
        assert await state.audit.vote(answer, 1, 1) == Votes(2, 0)
        assert await state.audit.vote(answer, 1, -1) == Votes(1, 1)
        assert await state.audit.vote(answer, 1, 0) == Votes(1, 0)

    @pytest.mark.parametrize("vote", [1, 0, -1])
    async def test_a_forgotten_answer_takes_no_votes(self, state: State, vote: int) -> None:
        assert await state.audit.vote(99, 1, vote) is None  # type: ignore[arg-type]

    async def test_a_persons_vote(self, state: State) -> None:
        answer = await record(state)
        await state.audit.vote(answer, 1, -1)
        assert [await state.audit.vote_of(answer, person) for person in (1, 2)] == [-1, 0]


class TestAudit:
    async def test_an_answer_is_written_down_with_the_place_of_every_quote(
        self, state: State, url: URL, clock: Clock
    ) -> None:
        number = await record(state, "产量是多少？", ms=12.5)
        (answer,) = await rows(url, "answers")
        assert answer == (
            *(number, clock.now, ANN.chat_id, ANN.person_id, "产量是多少？", "产量是多少"),
            *(True, True, 0.9, 12.5, "generation-000001"),
        )
        assert await rows(url, "quotes") == [(number, 1, "计划.txt", 3, 0, 13)]

    async def test_an_answer_without_quotes_is_written_down_too(self, state: State, url: URL) -> None:
        await record(state, found=False)
        assert (len(await rows(url, "answers")), len(await rows(url, "quotes"))) == (1, 0)

    async def test_statistics_of_some_days(self, state: State, clock: Clock) -> None:
        old = await record(state, ms=1000)
        await state.audit.vote(old, 1, -1)
        clock.now += 7 * DAY + 1
        for ms in range(1, 21):
            number = await record(state, found=ms % 4 != 0, asker=ANN if ms < 9 else BEN, ms=ms)
        await state.audit.vote(number, 1, 1)
        idle = tuple(Day(clock.now - day * DAY, 0, 0, 0) for day in range(7, 1, -1))
        days = (*idle, Day(clock.now - DAY, 15, 0, 5))
        assert await state.audit.statistics(days=7) == Statistics(20, 15, 0, 2, 10, 19, Votes(1, 0), days)
        await record(state, sure=False)
        found = await state.audit.statistics(days=7)
        assert (found.sure_count, found.maybe_count) == (15, 1)

    async def test_statistics_of_nothing(self, state: State) -> None:
        nothing = await state.audit.statistics(days=0)
        assert nothing == Statistics(0, 0, 0, 0, None, None, Votes(0, 0), ())
        assert (nothing.sure_share, nothing.maybe_share) == (0, 0)

    async def test_unanswered_questions_are_grouped_and_the_most_frequent_come_first(
        self, state: State, clock: Clock
    ) -> None:
        for question in ("价格？", "ＣＰＵ的價格", "cpu 的价格？！", "重量"):
            clock.now += 1
            await record(state, question, found=False)
        await record(state, "产量")
        assert await state.audit.unanswered() == (
            Unanswered("cpu 的价格？！", 2, clock.now - 1),
            Unanswered("重量", 1, clock.now),
            Unanswered("价格？", 1, clock.now - 3),
        )
        assert [row.question for row in await state.audit.unanswered(limit=1)] == ["cpu 的价格？！"]

    async def test_a_question_that_was_answered_since_is_not_unanswered(self, state: State, clock: Clock) -> None:
        await record(state, "价格", found=False)
        clock.now += 1
        await record(state, "价格？", found=True)
        assert await state.audit.unanswered() == ()
        clock.now += 1
        await record(state, "价格", found=False)
        assert [row.count for row in await state.audit.unanswered()] == [2]

    async def test_what_only_may_be_an_answer_is_listed_as_such(self, state: State, clock: Clock) -> None:
        await record(state, "价格", found=False)
        clock.now += 1
        await record(state, "价格", sure=False)
        assert await state.audit.unanswered() == (Unanswered("价格", 2, clock.now, maybe=True),)
        clock.now += 1
        await record(state, "价格")
        assert await state.audit.unanswered() == ()


def test_unanswered_questions_as_a_csv_file() -> None:
    data = unanswered_csv([Unanswered('价格，"多少"\n？', 2, 0.0), Unanswered("=1+1", 1, DAY, maybe=True)])
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["question", "count", "last_asked_utc", "outcome"],
        ['价格，"多少"\n？', "2", "1970-01-01 00:00:00", "not_found"],
        ["'=1+1", "1", "1970-01-02 00:00:00", "maybe"],
    ]


class TestForgetting:
    async def fill(self, state: State, asker: Asker) -> None:
        number = await record(state, asker=asker)
        await state.audit.vote(number, asker.person_id, 1)
        await state.keep([of_reply(asker, asker.person_id % 1000, 2, state.clock())])
        await state.list_for(asker, {1: "a.txt"})
        await state.give_notice("slow_down", asker.person_id, within_seconds=60)
        await state.inbox(1).receive([Arrival(asker.person_id, "{}", asker.person_id)], own=True)

    async def test_everything_about_a_person_is_deleted_and_nothing_else(self, state: State, url: URL) -> None:
        await self.fill(state, BEN)
        before = await count(url)
        await self.fill(state, ANN)
        assert await state.forget_person(ANN.person_id) == 7
        assert await count(url) == before
        assert ANN.person_id not in {value for table in before for row in await rows(url, table) for value in row}

    async def test_the_votes_of_others_go_with_the_answer(self, state: State, url: URL) -> None:
        number = await record(state, asker=ANN)
        await state.audit.vote(number, BEN.person_id, 1)
        await state.forget_person(ANN.person_id)
        assert await rows(url, "votes") == []

    async def test_what_is_older_than_some_days_is_deleted(self, state: State, url: URL, clock: Clock) -> None:
        await self.fill(state, ANN)
        await state.migrations.note(-1, -2)  # settings may name it for ever
        clock.now += 3 * DAY
        await self.fill(state, BEN)
        await state.forget_older_than(2)
        assert set((await count(url)).values()) == {1}
        assert await state.last_question(BEN, within_seconds=1)


@pytest.mark.attack
async def test_no_word_of_a_person_who_is_forgotten_stays_in_the_files(tmp_path: Path) -> None:
    words = "绝密的产量是多少"

    def kept() -> bool:
        return any(words.encode() in file.read_bytes() for file in tmp_path.iterdir())

    async with opened(database_url(None, tmp_path)) as state:
        for number in range(50):
            await record(state, f"{words}{number}？", asker=ANN)
            await record(state, f"别的{number}？", asker=BEN)
        assert kept()
        await state.forget_person(ANN.person_id)
        assert not kept()


@pytest.mark.attack
@given(question=st.text(alphabet=st.characters(codec=None), max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_text_can_be_kept(state: State, question: str) -> None:
    await record(state, question, found=False)
    key = await state.keep_for_buttons(KeptQuestions(1, (question,)), person_id=1)
    written = question.encode("utf-8", "replace").decode()  # there are no halves of characters in JSON
    assert await state.kept_for_button(key) == KeptQuestions(1, (written,))


class TestVersions:
    def add_column(self, connection: Connection) -> None:
        connection.execute(text("ALTER TABLE replies ADD COLUMN colour TEXT"))

    async def prepare(self, url: URL, *upgrades: schema.Upgrade) -> set[str]:
        """Bring the database up to date; the columns of a table afterwards."""

        def work(connection: Connection) -> set[str]:
            schema.prepare(connection, upgrades=(*schema.UPGRADES, *upgrades))
            return {column["name"] for column in inspect(connection).get_columns("replies")}

        engine = connect(url)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    async def test_an_older_database_is_upgraded_once_and_keeps_what_it_holds(self, url: URL) -> None:
        async with opened(url) as state:
            await state.keep([of_reply(ANN, 10, 11, state.clock())])
        assert "colour" in await self.prepare(url, self.add_column)
        assert "colour" in await self.prepare(url, self.add_column)
        assert [row[:3] for row in await rows(url, "replies")] == [(ANN.chat_id, 10, 11)]

    async def test_the_first_version_becomes_the_present_one(self, url: URL) -> None:
        async with opened(url) as state:
            await state.keep([of_reply(ANN, 10, 11, state.clock())])
            await record(state, "价格")
            await record(state, "重量", found=False)
        engine = connect(url)
        async with engine.begin() as connection:  # there were no inbox, sure answers, migrations, subjects, plans
            await connection.execute(text("DROP TABLE inbox"))
            await connection.execute(text("DROP TABLE migrations"))
            await connection.execute(text("DROP TABLE listed"))
            await connection.execute(text("DROP INDEX buttons_by_plan"))
            await connection.execute(text("ALTER TABLE buttons DROP COLUMN plan"))
            await connection.execute(text("ALTER TABLE answers DROP COLUMN sure"))
            await connection.execute(text("ALTER TABLE last_questions DROP COLUMN subject"))
            await connection.execute(text("UPDATE schema_version SET number = 1"))
        await engine.dispose()
        async with opened(url) as state:
            assert await state.reply_to(ANN.chat_id, 10) == 11
            inbox = state.inbox(1)
            assert await inbox.receive([Arrival(5, "{}")], own=True) == {5}
            assert [row.question for row in await state.audit.unanswered()] == ["重量"]
            last = await state.last_question(ANN, within_seconds=60)
            assert last
            assert (last.text, last.subject) == ("重量", "")
        assert await rows(url, "schema_version") == [(6,)]

    async def test_several_processes_may_start_at_once(self, url: URL) -> None:
        async def start(number: int) -> None:
            async with opened(url) as state:
                await record(state, "问题", asker=Asker(number, 1))

        await asyncio.gather(*map(start, range(4)))
        assert len(await rows(url, "last_questions")) == 4
        assert len(await rows(url, "schema_version")) == 1

    async def test_an_upgrade_that_fails_changes_nothing(self, url: URL) -> None:
        def fail(_: Connection) -> None:
            raise RuntimeError

        async with opened(url):
            pass
        with pytest.raises(RuntimeError):
            await self.prepare(url, self.add_column, fail)
        assert "colour" in await self.prepare(url, self.add_column)

    async def test_a_newer_database_is_refused(self, url: URL) -> None:
        async with opened(url):
            pass
        await self.prepare(url, self.add_column)
        with pytest.raises(StateError, match=r"newer Yuanju \(version 7 .* knows 6\).*YUANJU_DATABASE"):
            async with opened(url):
                pass


class TestWhere:
    def test_by_default_it_is_a_file_in_the_folder(self, tmp_path: Path) -> None:
        assert database_url(None, tmp_path).database == str(tmp_path / "state.sqlite")

    @pytest.mark.parametrize(
        ("database", "driver"),
        [
            ("postgresql://u:p@host/db", "postgresql+psycopg"),
            ("postgres://u:p@host/db", "postgresql+psycopg"),
            ("postgresql+asyncpg://u:p@host/db", "postgresql+asyncpg"),
            ("sqlite:////var/lib/state.sqlite", "sqlite+aiosqlite"),
        ],
    )
    def test_an_address_needs_no_driver(self, database: str, driver: str, tmp_path: Path) -> None:
        assert database_url(database, tmp_path).drivername == driver

    @pytest.mark.parametrize(
        "database", ["geheim", "mysql://u:geheim@host/db", "postgresql://u:geheim@host:port/db", ""]
    )
    def test_another_address_is_refused_and_not_repeated(self, database: str, tmp_path: Path) -> None:
        with pytest.raises(StateError, match="YUANJU_DATABASE") as error:
            database_url(database, tmp_path)
        assert "geheim" not in str(error.value)

    async def test_a_server_that_is_not_there_is_one_clear_line_without_the_password(self, tmp_path: Path) -> None:
        url = database_url("postgresql://u:geheim@127.0.0.1:1/db", tmp_path)
        with pytest.raises(StateError, match="YUANJU_DATABASE") as error:
            async with opened(url):
                pass
        assert "geheim" not in str(error.value)
        assert "\n" not in str(error.value)

    async def test_a_folder_that_cannot_be_made_is_a_clear_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(StateError, match="YUANJU_DATABASE"):
            async with opened(database_url(None, tmp_path / "file" / "folder")):
                pass

    async def test_a_file_that_is_no_database_is_a_clear_error(self, tmp_path: Path) -> None:
        (tmp_path / "state.sqlite").write_text("something else " * 100)
        with pytest.raises(StateError, match="not a database"):
            async with opened(database_url(None, tmp_path)):
                pass

    async def test_the_file_is_for_its_owner_only(self, tmp_path: Path) -> None:
        async with opened(database_url(None, tmp_path)):
            assert stat.S_IMODE((tmp_path / "state.sqlite").stat().st_mode) == 0o600
