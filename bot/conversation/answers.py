"""From a question to the reply that people read: follow-ups, pages, context, and what to press under it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache

from bot.actions import (
    Ask,
    AskAlone,
    AskLiterally,
    Explain,
    KeptAnswer,
    KeptQuestions,
    Relate,
    ShowContext,
    ShowPage,
    VoteDown,
    VoteUp,
)
from bot.conversation import courtesy, passages
from bot.conversation.asking import Request
from bot.conversation.passages import Page
from bot.conversation.services import Requester, Services
from bot.memory.audit import Votes
from bot.memory.exchange import Asker, Exchange, new_id, new_key
from bot.operations import metrics
from bot.rendering.excerpts import shortened
from bot.reply import Block, Button, Reply, Rows, say
from retrieval.answering import NEAR
from retrieval.question.subjects import Turn
from retrieval.records import Answer

QUOTES_LIMIT = 50
"""Quotes of one answer that can be paged through."""

_NEAREST = 2
_SUGGESTED = 3
_QUESTION_LIMIT = 200
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Given:
    """An answer that is being given, or shown again: what is kept of it and under which key.

    ``subject`` is what the conversation was about before.
    """

    kept: KeptAnswer
    key: str
    requester: Requester
    subject: str = ""

    @property
    def followed_up(self) -> bool:
        return self.kept.asked != self.kept.question


@dataclass(frozen=True, slots=True)
class _Turned:
    """Which page of which answer somebody was shown last, and the sentence that answers best."""

    question: str
    literal: bool
    page: int
    said: str = ""


def _said(answer: Answer) -> str:
    return answer.quotes[0].sentence.text if answer.quotes else ""


class Answers:
    """Answers questions, and turns the pages of answers that were given."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._documents = services.documents
        # The page shown last, for "more?"
        self._turned: LRUCache[Asker, _Turned] = LRUCache(_REMEMBERED)

    async def reply(self, text: str, requester: Requester, *, certain: bool = True) -> Reply | None:
        """Return the reply to a text that may be a question; ``None`` where one not ``certain`` to be one is none."""
        if remark := courtesy.remark(text):
            return Reply((remark,))
        turn = await self._understood(text, requester)
        if not turn.question:
            return Reply((say("nothing-to-follow"),))
        if turn.more:
            return await self._next_page(turn, requester)
        by_form = turn.question != text and not turn.carried
        talk = not requester.private and courtesy.is_talk(text)
        sure = (talk or not certain) and not (by_form or courtesy.is_question(text))
        if sure and talk and turn.carried:
            return None  # of what was spoken of, but to each other
        return await self._first_page(turn, text, requester, sure=sure)

    async def alone(self, question: str, requester: Requester) -> Reply:
        """Return the answer to a question that follows up on nothing."""
        return await self._asked_again(Turn(question), question, requester)

    async def literally(self, kept: KeptAnswer, requester: Requester) -> Reply:
        """Return the answer to a question as it was typed, where another was given to what it was taken for."""
        return await self._asked_again(Turn(kept.question), kept.asked, requester, literal=True)

    async def page(self, kept: KeptAnswer, key: str, number: int, requester: Requester) -> Reply:
        """Return a page of an answer that was given, from the documents as they are now."""
        return await self._again(_Given(kept, key, requester), number)

    async def context(self, kept: KeptAnswer, key: str, number: int, screen: int, requester: Requester) -> Reply:
        """Return a page with the paragraphs around its sentences."""
        return await self._again(_Given(kept, key, requester), number, screen)

    async def related(self, kept: KeptAnswer, requester: Requester) -> Rows:
        """Return questions that go on from an answer that was given, or else others that the documents answer."""
        limit = self._services.settings.limit
        answer = await self._documents.answer(kept.question, limit=limit, audience=requester.audience)
        found = await self._documents.related(answer, requester.audience)
        if not found:
            others = await self._documents.suggestions(requester.audience)
            found = tuple(question for question in others if question != kept.question)[:_SUGGESTED]
        return await self._choices(found, requester)

    async def suggesting(self, block: Block, questions: Sequence[str], requester: Requester) -> Reply:
        """Return a reply with questions to choose from beneath it, where there are any."""
        if not questions:
            return Reply((block,))
        return Reply((block, say("start-suggestions")), await self._choices(questions, requester))

    async def asked(self, question: str, requester: Requester) -> Reply:
        """Return the answer to a question that was chosen, which stands above it."""
        reply = await self.alone(question, requester)
        return replace(reply, blocks=(say("asked", question=shortened(question)), *reply.blocks))

    async def _choices(self, questions: Sequence[str], requester: Requester) -> Rows:
        if not questions:
            return ()
        kept = KeptQuestions(requester.asker.chat_id, tuple(questions))
        key = await self._services.ledger.keep_for_buttons(kept, person_id=requester.asker.person_id)
        return tuple((Button(question, Ask(key, number)),) for number, question in enumerate(questions))

    async def _understood(self, text: str, requester: Requester) -> Turn:
        """What a text asks in full, where it follows up on the last question."""
        within = self._services.settings.follow_up_minutes * 60
        if not within:
            return Turn(text)
        last = await self._services.ledger.last_question(requester.asker, within_seconds=within)
        turned = self._turned.get(requester.asker)
        said = turned.said if turned and last and turned.question == last.text else ""
        before = Turn(last.text, last.subject, said=said) if last else None
        return await self._documents.understood(text, before, audience=requester.audience)

    async def _asked_again(self, turn: Turn, text: str, requester: Requester, *, literal: bool = False) -> Reply:
        reply = await self._first_page(turn, text, requester, literal=literal)
        assert reply  # noqa: S101 - it need not be sure
        return reply

    async def _first_page(
        self, turn: Turn, text: str, requester: Requester, *, sure: bool = False, literal: bool = False
    ) -> Reply | None:
        """The answer to a turn; ``text`` is how it was put. One that must be ``sure`` may be ``None``."""
        # One more than is shown tells whether there is more.
        limit = self._services.settings.limit + 1
        answer, milliseconds = await self._ask(turn.question, limit, requester, literal=literal)
        if sure and answer.certainty != "sure":
            return None
        awaited = requester.private or answer.answered or courtesy.is_question(text)
        if not awaited and (not answer.missing or courtesy.is_about_nothing(text, answer.missing)):
            return None  # people talk: it neither asks nor has to do with anything
        given = self._given(turn, text, requester, literal=literal)
        self._turned[requester.asker] = _Turned(turn.question, literal, 0, _said(answer))
        reply = self._shown(answer, 0, given) if answer.answered else await self._miss(answer, given)
        return self._recorded(reply, self._on_page(answer, 0, requester), given, milliseconds)

    async def _next_page(self, turn: Turn, requester: Requester) -> Reply:
        before = self._turned.get(requester.asker)
        if before is None or before.question != turn.question:
            before = _Turned(turn.question, literal=False, page=0)
        number = before.page + 1
        answer, milliseconds = await self._ask(turn.question, QUOTES_LIMIT, requester, literal=before.literal)
        if number >= len(self._pages(answer, requester)):
            return Reply((say("no-more"),))
        self._turned[requester.asker] = replace(before, page=number)
        given = self._given(turn, turn.question, requester, literal=before.literal)
        return self._recorded(
            self._shown(answer, number, given), self._on_page(answer, number, requester), given, milliseconds
        )

    async def _ask(self, question: str, limit: int, requester: Requester, *, literal: bool) -> tuple[Answer, float]:
        place: metrics.Place = "private" if requester.private else "group"
        started = time.perf_counter()
        answer = await self._services.answering(Request(question, limit, requester.audience, place, literal))
        return answer, (time.perf_counter() - started) * 1000

    async def _again(self, given: _Given, number: int, screen: int | None = None) -> Reply:
        """A page that was shown before, or its context."""
        kept, requester = given.kept, given.requester
        answer = await self._documents.answer(
            kept.question, limit=QUOTES_LIMIT, audience=requester.audience, literal=kept.literal
        )
        if not answer.answered:
            return Reply(_headed(given, passages.answered(answer, ())), language=kept.language)
        number = min(number, len(self._pages(answer, requester)) - 1)
        if screen is None:
            self._turned[requester.asker] = _Turned(answer.question, kept.literal, number, _said(answer))
        votes = await self._services.ledger.state.audit.votes(kept.answer_id)
        return self._shown(answer, number, given, screen=screen, votes=votes)

    def _shown(
        self, answer: Answer, number: int, given: _Given, *, screen: int | None = None, votes: Votes | None = None
    ) -> Reply:
        """A page of an answer with its buttons, or with ``screen`` that part of its context."""
        found = self._pages(answer, given.requester)
        page = found[number]
        if screen is None:
            blocks = passages.answered(answer, page)
            reading = _page_buttons(given.key, page, number, len(found))
        else:
            screens = passages.screens(page, sure=answer.certainty == "sure")
            screen = min(screen, len(screens) - 1)
            blocks = screens[screen]
            reading = _context_buttons(given.key, number, screen, len(screens))
        rows = (reading, *_lower_buttons(given, votes or Votes(0, 0)), *_other_ways(given, answer))
        return Reply(_headed(given, blocks), tuple(filter(None, rows)), language=given.kept.language)

    async def _miss(self, answer: Answer, given: _Given) -> Reply:
        audience = given.requester.audience
        if not any(map(audience, (file.path for file in self._documents.files))):
            return Reply((say("no-documents-here"),))
        blocks = (*passages.answered(answer, ()), *await self._near(answer, given.requester))
        return Reply(_headed(given, blocks), _other_ways(given, answer))

    async def _near(self, answer: Answer, requester: Requester) -> tuple[Block, ...]:
        """What is nearest to a question without an answer, where it is near."""
        if answer.confidence < NEAR * self._documents.threshold:
            return ()
        limit = _NEAREST if requester.private else 1
        found = await self._documents.nearest(answer.question, limit=limit, audience=requester.audience)
        return (say("not-found-nearest"), *passages.passages(found, sure=False)) if found else ()

    def _given(self, turn: Turn, text: str, requester: Requester, *, literal: bool) -> _Given:
        asker, said = requester.asker, requester.language
        kept = KeptAnswer(asker.chat_id, asker.person_id, said, turn.question, text, new_id(), literal=literal)
        return _Given(kept, new_key(), requester, turn.subject)

    def _recorded(self, reply: Reply, answer: Answer, given: _Given, milliseconds: float) -> Reply:
        """The reply, whose exchange is kept as soon as it has been delivered."""

        def deliver(question_message_id: int | None, reply_message_id: int) -> None:
            self._services.ledger.keep(
                Exchange(
                    given.requester.asker,
                    answer,
                    milliseconds,
                    self._documents.version,
                    kept=given.kept,
                    key=given.key,
                    reply_message_id=reply_message_id,
                    question_message_id=question_message_id,
                    subject=given.subject,
                    id=given.kept.answer_id,
                )
            )

        return replace(reply, delivered=deliver)

    def _pages(self, answer: Answer, requester: Requester) -> tuple[Page, ...]:
        limit = self._services.settings.limit
        return passages.pages(answer.quotes, per_page=limit, brief=not requester.private)

    def _on_page(self, answer: Answer, number: int, requester: Requester) -> Answer:
        """An answer with the quotes of one of its pages."""
        return replace(answer, quotes=self._pages(answer, requester)[number] if answer.answered else ())


def vote_buttons(key: str, votes: Votes) -> tuple[Button, ...]:
    """Return 👍 and 👎, with how many there are if there are any."""
    return (
        Button(say("button-vote-up", count=votes.up) if votes.up else "👍", VoteUp(key)),
        Button(say("button-vote-down", count=votes.down) if votes.down else "👎", VoteDown(key)),
    )


def _page_buttons(key: str, page: Page, number: int, pages: int) -> tuple[Button, ...]:
    buttons = []
    if number > 0:
        buttons.append(Button(say("button-previous"), ShowPage(key, number - 1)))
    if passages.has_context(page):
        buttons.append(Button(say("button-context"), ShowContext(key, number, 0)))
    if number + 1 < pages:
        buttons.append(Button(say("button-more"), ShowPage(key, number + 1)))
    return tuple(buttons)


def _context_buttons(key: str, number: int, screen: int, screens: int) -> tuple[Button, ...]:
    buttons = [Button(say("button-back"), ShowPage(key, number))]
    if screen > 0:
        buttons.insert(0, Button(say("button-previous"), ShowContext(key, number, screen - 1)))
    if screen + 1 < screens:
        buttons.append(Button(say("button-next"), ShowContext(key, number, screen + 1)))
    return tuple(buttons)


def _lower_buttons(given: _Given, votes: Votes) -> Rows:
    """What can be done with an answer besides reading it."""
    key, requester = given.key, given.requester
    explain = [Button(say("button-why"), Explain(key))] if requester.private and requester.operator else []
    related = (Button(say("button-related"), Relate(key)),) if requester.private else ()
    return (*vote_buttons(key, votes), *explain), related


def _other_ways(given: _Given, answer: Answer) -> Rows:
    """How else the question can be taken: as it was typed, as a new one."""
    literally = (Button(say("button-literally"), AskLiterally(given.key)),) if answer.corrections else ()
    alone = (Button(say("button-drop-follow-up"), AskAlone(given.key)),) if given.followed_up else ()
    return tuple(filter(None, (literally, alone)))


def _headed(given: _Given, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """With what the question was taken for above it, where it followed up."""
    if not given.followed_up:
        return blocks
    return (say("follow-up", question=shortened(given.kept.question, _QUESTION_LIMIT)), *blocks)
