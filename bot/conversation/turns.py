"""The conversation, the same in every front end: a text or a press comes in, and what is to be said goes out.

It knows people, permissions and what was said before, but no transport: a front end carries ``Reply`` and ``Change``.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from bot import actions
from bot.actions import Action, Cancel, Forget, Kept, KeptAnswer, KeptPerson, KeptQuestions
from bot.conversation import courtesy
from bot.conversation.answers import Answers, vote_buttons
from bot.conversation.commands import Command
from bot.conversation.limits import Verdict
from bot.conversation.operators import Operators
from bot.conversation.services import Requester, Services
from bot.conversation.uploads import Uploads
from bot.memory.audit import Vote
from bot.memory.exchange import new_key
from bot.reply import Button, Change, Pressed, Reply, Say, say

FORGET_WORDS = frozenset({"yes", "确认", "確認"})
"""What confirms ``/forget`` for those who speak as a chat."""


class Conversation:
    """Answers texts, presses and files, one turn after the other."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answers = Answers(services)
        self._operators = Operators(services)
        self._uploads = Uploads(services)
        answers, operators, uploads = self._answers, self._operators, self._uploads
        # The second argument is what the action ``needs``.
        self._does: dict[type[Action], Callable[[Any, Any, Requester], Awaitable[Change]]] = {
            actions.ShowPage: lambda a, k, r: _instead(answers.page(k, a.key, a.page, r)),
            actions.ShowContext: lambda a, k, r: _instead(answers.context(k, a.key, a.page, a.screen, r)),
            actions.AskAlone: lambda _, k, r: _instead(answers.alone(k.asked, r)),
            actions.AskLiterally: lambda _, k, r: _instead(answers.literally(k, r)),
            actions.Relate: self._relate,
            actions.Ask: lambda a, k, r: _new(answers.asked(k.questions[a.choice], r)),
            actions.Explain: lambda _, k, r: _new(operators.why(k.question, r, literal=k.literal)),
            actions.ExplainDetails: lambda _, k, r: _new(operators.why_in_detail(k, r)),
            actions.Cancel: self._cancel,
            actions.ShowSources: lambda a, _, r: _instead(operators.sources(r, page=a.page, key=a.key)),
            actions.ExportUnanswered: lambda *_: _new(operators.export()),
            actions.Restore: lambda _, k, __: _instead(operators.restore(k)),
            actions.AcceptUpload: self._accept,
            actions.DiscardUpload: lambda _, k, __: _instead(uploads.discard(k)),
        }

    async def turn(
        self,
        text: str,
        requester: Requester,
        *,
        command: Command = Command.ASK,
        certain: bool = True,
        edited: bool = False,
        turn_id: str = "",
    ) -> Reply | None:
        """Return what to say to a text, which is what stands behind a ``command``; ``None`` to say nothing.

        What is not ``certain`` to be meant for the bot is answered where it asks, or is surely answered. Whoever asks
        too fast is told so once; an ``edited`` text is then left as it was answered. ``turn_id`` tells turns apart:
        what a command does is done once, however often it comes.
        """
        if command is Command.ASK and certain and courtesy.asks_for_help(text):
            command = Command.HELP
        if command is Command.ASK and not requester.private and text and courtesy.is_small_talk(text):
            return None  # which counts as no question either
        verdict = await self._limited(requester)
        if not verdict.allowed:
            return Reply((_slow_down(verdict),)) if verdict.notice and not edited else None
        if command is Command.ASK and text:
            return await self._answers.reply(text, requester, certain=certain)
        return await self._command(command, text, requester, turn_id or new_key())

    async def upload(self, name: str, content: bytes, caption: str, requester: Requester) -> Reply:
        """Return what a file would become that an operator sends."""
        return await self._uploads.preview(name, content, caption, requester)

    async def press(self, action: Action, requester: Requester, *, press_id: str) -> Pressed:
        """Return what to say at once to whoever pressed a button, and the work that is to be done then.

        ``press_id`` tells presses apart: one that comes twice is counted once.
        """
        kept = await self._services.ledger.kept_for_button(action.key)
        if kept is None and isinstance(action, Forget):
            kept = await self._forgotten(requester, press_id)
        if kept is None or not _fits(action, kept, requester):
            return Pressed(say("out-of-date"), alert=True)
        if refusal := await self._refusal(action, kept, requester):
            return Pressed(refusal, alert=True)
        if isinstance(action, actions.VoteUp | actions.VoteDown):
            assert isinstance(kept, KeptAnswer)  # noqa: S101 - it fits
            return await self._vote(action, kept, requester, press_id)
        notice = say("follow-up-dropped") if isinstance(action, actions.AskAlone) else None
        if isinstance(action, Forget):
            assert isinstance(kept, KeptPerson)  # noqa: S101 - it fits
            return Pressed(work=partial(self._forget, kept, press_id))
        return Pressed(notice, work=partial(self._does[type(action)], action, kept, requester))

    async def _command(self, command: Command, text: str, requester: Requester, turn_id: str) -> Reply:
        match command:
            case Command.ASK:
                return Reply((say("ask-how"),))
            case Command.START:
                return await self._start(requester)
            case Command.HELP:
                return Reply((_help(requester),))
            case Command.FORGET:
                return await self._confirm_forget(text, requester, turn_id)
            case _:
                return await self._operators.reply(command, text, requester, turn_id=turn_id)

    async def _limited(self, requester: Requester) -> Verdict:
        return await self._services.limits.admit(requester.asker.person_id, requester.asker.chat_id)

    async def _refusal(self, action: Action, kept: Kept, requester: Requester) -> Say | None:
        """Why this person may not press this button now."""
        asker = requester.asker
        if not self._services.access.answers_in(asker.chat_id):
            return say("not-for-this-chat")
        if action.operators and not requester.operator:
            return say("operators-only")
        # Whoever speaks as a chat presses as himself: what he asked is nobody's in particular.
        owners = {asker.person_id, asker.chat_id} if isinstance(kept, KeptAnswer) else {asker.person_id}
        if action.own and getattr(kept, "person_id", None) not in owners:
            return say("not-your-button")
        if action.asks and not (verdict := await self._limited(requester)).allowed:
            return _slow_down(verdict)
        return None

    async def _vote(
        self, action: actions.VoteUp | actions.VoteDown, kept: KeptAnswer, requester: Requester, press_id: str
    ) -> Pressed:
        audit, person = self._services.ledger.state.audit, requester.asker.person_id
        before = await audit.vote_of(kept.answer_id, person)
        wanted: Vote = 1 if isinstance(action, actions.VoteUp) else -1
        votes = await audit.vote(kept.answer_id, person, 0 if before == wanted else wanted, press=press_id)
        if votes is None:
            return Pressed(say("out-of-date"), alert=True)
        notice = say("vote-withdrawn" if before == wanted else "vote-changed" if before else "vote-noted")
        change = Change("labels", Reply((), (vote_buttons(action.key, votes),)))

        async def show() -> Change:
            return change

        return Pressed(notice, work=show)

    async def _start(self, requester: Requester) -> Reply:
        questions = await self._services.documents.suggestions(requester.audience) if requester.private else ()
        return await self._answers.suggesting(say("start"), questions, requester)

    async def _confirm_forget(self, text: str, requester: Requester, turn_id: str) -> Reply:
        asker = requester.asker
        if asker.speaks_as_chat:  # whose buttons anybody could press: only what it writes is its own
            confirmed = text.strip().lower() in FORGET_WORDS
            return (
                await self._forgot(asker.person_id, turn_id, own=1)
                if confirmed
                else Reply((say("forget-confirm-chat"),))
            )
        kept = KeptPerson(asker.chat_id, asker.person_id)
        key = await self._services.ledger.keep_for_buttons(kept, person_id=asker.person_id)
        buttons = (Button(say("button-forget"), Forget(key)), Button(say("button-cancel"), Cancel(key)))
        return Reply((say("forget-confirm"),), (buttons,))

    async def _forgotten(self, requester: Requester, press_id: str) -> KeptPerson | None:
        """Who has been forgotten by this press already, before a crash."""
        asker = requester.asker
        known = await self._services.ledger.state.audit.is_counted(press_id, asker.person_id)
        return KeptPerson(asker.chat_id, asker.person_id) if known else None

    async def _forget(self, kept: KeptPerson, press_id: str) -> Change:
        return Change("instead", await self._forgot(kept.person_id, press_id, own=2))

    async def _forgot(self, person_id: int, press_id: str, *, own: int) -> Reply:
        """Forget somebody; ``own`` of what is kept is of ``/forget`` itself: its reply, and what the buttons need."""
        count = await self._services.ledger.forget_person(person_id, press=press_id)
        said = say("forgotten", count=count - own) if count > own else say("nothing-to-forget")
        return Reply((said, say("forget-backups", days=round(self._services.settings.retention_days))))

    async def _cancel(self, _: Cancel, __: KeptPerson, ___: Requester) -> Change:
        return Change("instead", Reply((say("cancelled"),)))

    async def _relate(self, _: actions.Relate, kept: KeptAnswer, requester: Requester) -> Change:
        return Change("choices", Reply((), await self._answers.related(kept, requester)))

    async def _accept(self, _: actions.AcceptUpload, kept: actions.KeptUpload, requester: Requester) -> Change:
        return Change("instead", self._uploads.accept(kept, requester))


def _fits(action: Action, kept: Kept, requester: Requester) -> bool:
    """Whether what is kept is for this chat and this kind of button."""
    if kept.chat_id != requester.asker.chat_id or not isinstance(kept, action.needs):
        return False
    return not (isinstance(action, actions.Ask) and isinstance(kept, KeptQuestions)) or (
        action.choice < len(kept.questions)
    )


def _help(requester: Requester) -> Say:
    if not requester.bot_name:
        return say("help-terminal")
    return say("help" if requester.private else "help-group", username=requester.bot_name)


def _slow_down(verdict: Verdict) -> Say:
    key = "slow-down-chat" if verdict.who == "chat" else "slow-down"
    return say(key, seconds=math.ceil(verdict.wait_seconds))


async def _instead(reply: Awaitable[Reply]) -> Change:
    return Change("instead", await reply)


async def _new(reply: Awaitable[Reply]) -> Change:
    return Change("new", await reply)
