"""What operators can do in chat: change the documents, see how it goes, and why an answer was chosen."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from telegram import InlineKeyboardMarkup, InputFile, Message

from bot.conversation import buttons, why
from bot.conversation.addressing import Call, Command, replied_to
from bot.conversation.answers import Reply
from bot.conversation.buttons import Kind
from bot.conversation.services import Requester, Services
from bot.memory.audit import DAY_SECONDS, unanswered_csv
from bot.memory.exchange import new_key
from bot.rendering.catalogue import Html
from bot.rendering.replies import shortened
from retrieval.errors import YuanjuError
from retrieval.library import FileReport, Status

_SOURCES_PER_PAGE = 10
_UNANSWERED_SHOWN = 20
_STATISTICS_DAYS = 7
_REASON_LIMIT = 300
_REMOVED = "removed"
_STATUSES: tuple[Status, ...] = ("added", "changed", "removed", "unchanged", "unreadable")


class Operators:
    """Replies to operators' commands. All but ``/why`` are for their private chats: others need not see every name."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._documents = services.documents

    async def reply(self, call: Call, message: Message, requester: Requester) -> Reply | None:
        """Do what a command says."""
        if not requester.operator:
            return Reply(requester.phrases.html("operators-only"))
        if call.command is Command.WHY:
            return await self._why(call.text, message, requester)
        if not requester.private:
            return Reply(requester.phrases.html("in-private-only"))
        does: dict[Command, Callable[[], Awaitable[Reply | None]]] = {
            Command.SOURCES: lambda: self._first_sources(requester),
            Command.REMOVE: lambda: self._remove(call.text, requester),
            Command.RELOAD: lambda: self._reload(message, requester),
            Command.STATS: lambda: self._statistics(requester),
            Command.UNANSWERED: lambda: self._unanswered(requester),
        }
        return await does[call.command]()

    async def _first_sources(self, requester: Requester) -> Reply:
        key = await self._services.ledger.keep_button(
            {"chat": requester.asker.chat_id}, person_id=requester.asker.person_id
        )
        return await self.sources(requester, page=0, key=key)

    async def sources(self, requester: Requester, *, page: int, key: str) -> Reply:
        """A page of the documents, by number."""
        files, say = self._files(), requester.phrases
        if not files:
            return Reply(say.html("sources-none"))
        pages = -(-len(files) // _SOURCES_PER_PAGE)
        page = min(page, pages - 1)
        first = page * _SOURCES_PER_PAGE
        lines = [
            self._line(number, file, requester)
            for number, file in enumerate(files[first : first + _SOURCES_PER_PAGE], first + 1)
        ]
        title = say.html("sources-title", count=len(files), page=page + 1, pages=pages)
        row = []
        if page > 0:
            row.append(buttons.button(say.text("button-previous"), Kind.SOURCES, key, page - 1))
        if page + 1 < pages:
            row.append(buttons.button(say.text("button-next"), Kind.SOURCES, key, page + 1))
        return Reply(Html("\n".join((title, "", *lines))), InlineKeyboardMarkup([row]) if row else None)

    async def restore(self, payload: Mapping[str, Any], requester: Requester) -> Reply:
        """Bring a document back that was removed."""
        place, kept = self._documents.folder / payload["path"], self._removed / payload["kept"]
        try:
            if place.exists():
                raise FileExistsError(0, requester.phrases.text("restore-taken"))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(kept, place)
            await self._documents.refresh()
        except (OSError, YuanjuError) as error:
            reason = shortened(_reason(error), _REASON_LIMIT)
            return Reply(requester.phrases.html("restore-impossible", name=payload["path"], reason=reason))
        return Reply(requester.phrases.html("restored", name=payload["path"]))

    async def export(self, message: Message, requester: Requester) -> None:
        """Send every question without an answer, as a file for spreadsheets."""
        await self._services.ledger.flush()
        rows = await self._services.ledger.state.audit.unanswered()
        file = InputFile(io.BytesIO(unanswered_csv(rows)), filename="unanswered.csv")
        await message.get_bot().send_document(
            requester.asker.chat_id,
            file,
            caption=requester.phrases.html("unanswered-file"),
            message_thread_id=requester.topic,
        )

    async def why(self, question: str, requester: Requester) -> Reply:
        """How the answer to a question was chosen."""
        ranking = await self._documents.ranking(question, audience=requester.audience)
        threshold, version = self._documents.threshold, self._documents.version
        return Reply(why.explanation(ranking, requester.phrases, threshold=threshold, index_version=version))

    @property
    def _removed(self) -> Path:
        """Where removed documents are kept, so that they can be brought back."""
        return self._services.settings.index_folder / _REMOVED

    def _files(self) -> list[FileReport]:
        return [file for file in self._documents.files if file.status not in {"removed", "skipped"}]

    def _line(self, number: int, file: FileReport, requester: Requester) -> Html:
        say, name = requester.phrases.html, shortened(file.path)
        if not file.documents:
            # A failure is "path: reason".
            reason = shortened("; ".join(file.failures).removeprefix(f"{file.path}: "))
            return say("sources-line-unreadable", number=str(number), path=name, reason=reason)
        paragraphs = sum(document.paragraph_count for document in file.documents)
        return say("sources-line", number=str(number), title=name, paragraphs=paragraphs)

    async def _remove(self, name: str, requester: Requester) -> Reply:
        say = requester.phrases.html
        if not name:
            return Reply(say("remove-how"))
        files = self._files()
        wanted = [file.path for number, file in enumerate(files, 1) if name in {str(number), file.path}]
        wanted = wanted or [file.path for file in files if Path(file.path).name == name]
        if len(wanted) != 1:
            return Reply(say("remove-unknown", name=shortened(name)))
        (path,) = wanted
        place, kept = self._documents.folder / path, new_key()
        try:
            self._removed.mkdir(parents=True, exist_ok=True)
            shutil.move(place, self._removed / kept)
        except OSError as error:
            return Reply(say("upload-read-only", reason=_reason(error)))
        try:
            await self._documents.refresh()
        except YuanjuError as error:  # it was the last one
            shutil.move(self._removed / kept, place)
            return Reply(say("reload-failed", reason=shortened(_reason(error), _REASON_LIMIT)))
        payload = {"chat": requester.asker.chat_id, "path": path, "kept": kept}
        key = await self._services.ledger.keep_button(payload, person_id=requester.asker.person_id)
        undo = buttons.button(requester.phrases.text("button-undo"), Kind.RESTORE, key)
        return Reply(say("removed", name=path), InlineKeyboardMarkup([[undo]]))

    async def _reload(self, message: Message, requester: Requester) -> Reply | None:
        say = requester.phrases.html
        if self._documents.refreshing:
            return Reply(say("reload-busy"))
        sent = await message.reply_html(say("reloading"), do_quote=True)
        try:
            report = await self._documents.refresh()
        except YuanjuError as error:
            html = say("reload-failed", reason=shortened(_reason(error), _REASON_LIMIT))
        else:
            counts = {status: report.count(status) for status in _STATUSES}
            html = say("reloaded", **counts) if report.changed else say("reloaded-unchanged")
        await sent.edit_text(html)
        return None

    async def _statistics(self, requester: Requester) -> Reply:
        await self._services.ledger.flush()
        found = await self._services.ledger.state.audit.statistics(days=_STATISTICS_DAYS)
        say = requester.phrases.html
        if not found.question_count:
            return Reply(say("stats-none", days=_STATISTICS_DAYS))
        lines = (
            say("stats-title", days=_STATISTICS_DAYS),
            say("stats-questions", count=found.question_count, people=found.person_count),
            say("stats-answered", percent=round(100 * found.sure_share), maybe=round(100 * found.maybe_share)),
            say("stats-latency", median=round(found.latency_p50 or 0, 1), p95=round(found.latency_p95 or 0, 1)),
            say("stats-votes", up=found.votes.up, down=found.votes.down),
        )
        return Reply(Html("\n".join(lines)))

    async def _unanswered(self, requester: Requester) -> Reply:
        await self._services.ledger.flush()
        rows = await self._services.ledger.state.audit.unanswered()
        say = requester.phrases.html
        if not rows:
            return Reply(say("unanswered-none"))
        key = await self._services.ledger.keep_button(
            {"chat": requester.asker.chat_id}, person_id=requester.asker.person_id
        )
        lines = [
            say(
                "unanswered-line-maybe" if row.maybe else "unanswered-line",
                count=row.count,
                question=shortened(row.question),
            )
            for row in rows[:_UNANSWERED_SHOWN]
        ]
        export = buttons.button(requester.phrases.text("button-export"), Kind.EXPORT, key)
        html = Html("\n".join((say("unanswered-title", count=len(rows)), "", *lines)))
        return Reply(html, InlineKeyboardMarkup([[export]]))

    async def _why(self, question: str, message: Message, requester: Requester) -> Reply:
        if question:
            return await self.why(question, requester)
        reply = replied_to(message)
        key = buttons.key_in(reply.reply_markup) if reply else None
        if key is None:
            return Reply(requester.phrases.html("why-how"))
        payload = await self._services.ledger.button(key)
        if payload is None or payload["chat"] != requester.asker.chat_id or "question" not in payload:
            return Reply(requester.phrases.html("why-forgotten"))
        return await self.why(payload["question"], requester)


def clear_removed(index: Path, *, days: float) -> None:
    """Delete the documents that were removed more than ``days`` days ago; they cannot be brought back any more."""
    limit = time.time() - days * DAY_SECONDS
    for kept in (index / _REMOVED).glob("*"):
        if kept.stat().st_ctime < limit:  # when it was moved there
            kept.unlink(missing_ok=True)


def _reason(error: OSError | YuanjuError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
