"""What operators can do in chat: change the documents, see how it goes, and why an answer was chosen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.actions import (
    ExplainDetails,
    ExportUnanswered,
    Kept,
    KeptList,
    KeptQuestions,
    KeptRemoval,
    Restore,
    ShowSources,
)
from bot.conversation import why
from bot.conversation.commands import Command
from bot.conversation.services import Requester, Services
from bot.conversation.storage import is_same, make_private, move, reason_of, removed_folder
from bot.memory.audit import DAY_SECONDS, Day, unanswered_csv
from bot.memory.exchange import new_key
from bot.memory.progress import waiting
from bot.rendering.bars import bar
from bot.rendering.excerpts import shortened
from bot.reply import Button, File, Lines, Reply, Say, say
from retrieval.errors import YuanjuError
from retrieval.library import FileReport, Status

_SOURCES_PER_PAGE = 10
_UNANSWERED_SHOWN = 20
_STATISTICS_DAYS = 7
_LONGEST_NUMBER = 9
_STATUSES: tuple[Status, ...] = ("added", "changed", "removed", "unchanged", "unreadable")


class Operators:
    """Replies to operators' commands. All but ``/why`` are for their private chats: others need not see every name."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._documents = services.documents
        self._removed = removed_folder(services.settings.index_folder)

    async def reply(self, command: Command, text: str, requester: Requester, *, turn_id: str) -> Reply:
        """Do what a command says; ``turn_id`` tells it from others: what has been done of it is not done again."""
        if not requester.operator:
            return Reply((say("operators-only"),))
        if command is Command.WHY:
            return await self.why(text, requester) if text else Reply((say("why-how"),))
        if not requester.private:
            return Reply((say("in-private-only"),))
        does: dict[Command, Callable[[], Awaitable[Reply]]] = {
            Command.SOURCES: lambda: self._first_sources(requester),
            Command.REMOVE: lambda: self._remove(text, requester, turn_id),
            Command.RELOAD: self._reload,
            Command.STATS: self._statistics,
            Command.UNANSWERED: lambda: self._unanswered(requester),
        }
        return await does[command]()

    async def sources(self, requester: Requester, *, page: int, key: str) -> Reply:
        """Return a page of the documents, by number; for the requester these are their numbers from now on."""
        files = self._files()
        if not files:
            return Reply((say("sources-none"),))
        pages = -(-len(files) // _SOURCES_PER_PAGE)
        page = min(page, pages - 1)
        first = page * _SOURCES_PER_PAGE
        shown = dict(enumerate(files[first : first + _SOURCES_PER_PAGE], first + 1))
        paths = {number: file.path for number, file in shown.items()}
        await self._services.ledger.state.list_for(requester.asker, paths)
        title = say("sources-title", count=len(files), page=page + 1, pages=pages)
        buttons = []
        if page > 0:
            buttons.append(Button(say("button-previous"), ShowSources(key, page - 1)))
        if page + 1 < pages:
            buttons.append(Button(say("button-next"), ShowSources(key, page + 1)))
        return Reply((title, Lines(tuple(_line(number, file) for number, file in shown.items()))), (tuple(buttons),))

    async def restore(self, kept: KeptRemoval) -> Reply:
        """Bring back what was removed or replaced; what was new goes. What a crash has left half done is completed."""
        place, stored = self._documents.folder / kept.path, self._removed / kept.stored if kept.stored else None
        aside = self._removed / new_key()
        try:
            if stored is None or stored.exists():  # not brought back yet
                if place.exists() and not (stored and is_same(place, stored)):
                    if place.stat().st_mtime_ns != kept.modified:
                        return Reply((say("restore-impossible", name=kept.path, reason=say("restore-taken")),))
                    make_private(self._removed)
                    move(place, aside)
                if stored:
                    move(stored, place)
            elif not place.exists():
                return Reply((say("out-of-date"),))
            with waiting():
                await self._documents.refresh((kept.path,))
        except (OSError, YuanjuError) as error:
            if aside.exists() and not place.exists():
                move(aside, place)
            return Reply((say("restore-impossible", name=kept.path, reason=reason_of(error)),))
        return Reply((say("restored", name=kept.path) if stored else say("upload-undone", name=kept.path),))

    async def export(self) -> Reply:
        """Return every question without an answer, as a file for spreadsheets."""
        await self._services.ledger.flush()
        rows = await self._services.ledger.state.audit.unanswered()
        return Reply((say("unanswered-file"),), file=File("unanswered.csv", unanswered_csv(rows)))

    async def why(self, question: str, requester: Requester, *, literal: bool = False) -> Reply:
        """Return why the answer to a question was chosen, with a button for the numbers."""
        ranking = await self._documents.ranking(question, audience=requester.audience, literal=literal)
        settings = self._services.settings
        kept = KeptQuestions(requester.asker.chat_id, (question,), literal)
        details = Button(say("button-details"), ExplainDetails(await self._keep(kept, requester)))
        blocks = why.explanation(ranking, threshold=self._documents.threshold, sure_threshold=settings.sure_threshold)
        return Reply(blocks, ((details,),))

    async def why_in_detail(self, kept: KeptQuestions, requester: Requester) -> Reply:
        """Return the numbers by which the answer to a question was chosen."""
        (question,) = kept.questions
        ranking = await self._documents.ranking(question, audience=requester.audience, literal=kept.literal)
        return Reply(why.details(ranking, index_version=self._documents.version))

    async def _first_sources(self, requester: Requester) -> Reply:
        return await self.sources(requester, page=0, key=await self._keep(KeptList(requester.asker.chat_id), requester))

    async def _keep(self, kept: Kept, requester: Requester) -> str:
        return await self._services.ledger.keep_for_buttons(kept, person_id=requester.asker.person_id)

    def _files(self) -> list[FileReport]:
        return [file for file in self._documents.files if file.status not in {"removed", "skipped"}]

    async def _remove(self, name: str, requester: Requester, turn_id: str) -> Reply:
        if not name:
            return Reply((say("remove-how"),))
        state, plan = self._services.ledger.state, f"remove {turn_id}"
        planned = await state.plan(plan)
        if planned is None:
            path = await self._meant(name, requester)
            if path is None:
                return Reply((say("remove-unknown", name=shortened(name)),))
            removal = KeptRemoval(requester.asker.chat_id, path, new_key())
            planned = await state.planned(plan, removal, person_id=requester.asker.person_id)
        key, kept = planned
        assert isinstance(kept, KeptRemoval)  # noqa: S101 - nothing else is planned under this name
        place, stored = self._documents.folder / kept.path, self._removed / kept.stored
        try:
            if not stored.exists() or is_same(place, stored):  # otherwise it has been removed already
                make_private(self._removed)
                move(place, stored)
        except OSError as error:
            return Reply((say("upload-read-only", reason=reason_of(error)),))
        try:
            with waiting():
                await self._documents.refresh((kept.path,))
        except YuanjuError as error:  # it was the last one
            if not place.exists():
                move(stored, place)
            return Reply((say("reload-failed", reason=reason_of(error)),))
        return Reply((say("removed", name=kept.path),), ((Button(say("button-undo"), Restore(key)),),))

    async def _meant(self, name: str, requester: Requester) -> str | None:
        """The document that is meant by its number in the list that was shown, by its path or by its name alone."""
        paths = [file.path for file in self._files()]
        listed = None
        if name.isdecimal() and len(name) <= _LONGEST_NUMBER:
            listed = await self._services.ledger.state.listed(requester.asker, int(name))
        wanted = [path for path in paths if path == (listed or name)]
        wanted = wanted or [path for path in paths if Path(path).name == name]
        return wanted[0] if len(wanted) == 1 else None

    async def _reload(self) -> Reply:
        if self._documents.refreshing:
            return Reply((say("reload-busy"),))
        return Reply((say("reloading"),), later=self._reloaded)

    async def _reloaded(self) -> Reply:
        try:
            with waiting():
                report = await self._documents.refresh()
        except YuanjuError as error:
            return Reply((say("reload-failed", reason=reason_of(error)),))
        if not report.changed:
            return Reply((say("reloaded-unchanged"),))
        return Reply((say("reloaded", **{status: report.count(status) for status in _STATUSES}),))

    async def _statistics(self) -> Reply:
        await self._services.ledger.flush()
        found = await self._services.ledger.state.audit.statistics(days=_STATISTICS_DAYS)
        stale = (say("stats-stale", reason=shortened(trouble)),) if (trouble := self._documents.trouble) else ()
        if not found.question_count:
            return Reply((say("stats-none", days=_STATISTICS_DAYS), *stale))
        lines = (
            say("stats-title", days=_STATISTICS_DAYS),
            say("stats-questions", count=found.question_count, people=found.person_count),
            say("stats-answered", percent=round(100 * found.sure_share), maybe=round(100 * found.maybe_share)),
            say("stats-latency", median=round(found.latency_p50 or 0, 1), p95=round(found.latency_p95 or 0, 1)),
            say("stats-votes", up=found.votes.up, down=found.votes.down),
        )
        return Reply((Lines(lines), Lines((say("stats-days"), *_bars(found.days))), *stale))

    async def _unanswered(self, requester: Requester) -> Reply:
        await self._services.ledger.flush()
        rows = await self._services.ledger.state.audit.unanswered()
        if not rows:
            return Reply((say("unanswered-none"),))
        key = await self._keep(KeptList(requester.asker.chat_id), requester)
        lines = tuple(
            say(
                "unanswered-line-maybe" if row.maybe else "unanswered-line",
                count=row.count,
                question=shortened(row.question),
            )
            for row in rows[:_UNANSWERED_SHOWN]
        )
        export = Button(say("button-export"), ExportUnanswered(key))
        return Reply((say("unanswered-title", count=len(rows)), Lines(lines)), ((export,),))


def _line(number: int, file: FileReport) -> Say:
    name = shortened(file.path)
    if not file.documents:
        # A failure is "path: reason".
        reason = shortened("; ".join(file.failures).removeprefix(f"{file.path}: "))
        return say("sources-line-unreadable", number=str(number), path=name, reason=reason)
    paragraphs = sum(document.paragraph_count for document in file.documents)
    return say("sources-line", number=str(number), title=name, paragraphs=paragraphs)


def _bars(days: Sequence[Day]) -> Iterator[str]:
    """Return a line for each day: when it ends, its outcomes, how many questions."""
    most = max(sum(day[1:]) for day in days)
    for day in days:
        end = datetime.fromtimestamp(day.since + DAY_SECONDS, UTC).astimezone()
        outcomes = (day.sure, day.maybe, day.missed)
        yield f"{end:%m-%d} {bar(outcomes, whole=most)} {sum(outcomes)}"
