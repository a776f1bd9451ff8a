"""How often a question that needs the turns before it is asked of the right document, and how often a new one is not.

    python -m benchmarks.following_up FOLLOWUPS.json SET.json [SET.json …] [--questions 400] [--per-speaker] [--half 1]

The first file is a list of ``history`` (turns of two people), ``question`` and ``title``, the second their documents,
in SQuAD's format. Of its questions whose history names the title, the document of the best sentence is looked at: asked
as they stand, completed by their form only, and about the subject of the conversation. Then the questions of each set,
which need no turns before them, are asked after another conversation: those that go wrong only for it were wrongly
carried over. A seed decides which are asked. Half 0 of the conversations was learned from; half 1 was not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from tempfile import TemporaryDirectory

from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.engines.protocol import fill
from retrieval.evaluation import QuestionSet, squad
from retrieval.language import Tokenizer
from retrieval.question.following_up import follow_up
from retrieval.question.subjects import Turn

SEED = 17
THRESHOLD = 0.25
"""As the settings have it: what is answered below it is not carried over."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the turns before it, and the title of the document that answers it."""

    history: tuple[str, ...]
    question: str
    title: str


def cases(path: Path, *, per_speaker: bool, half: int | None = None) -> list[Case]:
    """Read the questions whose history names their document; ``per_speaker``, with the turns of who asks alone.

    Conversations that begin alike are in the same ``half``, 0 or 1.
    """
    found = []
    for entry in json.loads(path.read_text("utf-8")):
        history = tuple(entry["history"])
        if half is not None and _half((*history, entry["question"])[0]) != half:
            continue
        if per_speaker:
            history = history[len(history) % 2 :: 2]
        if any(entry["title"] in turn for turn in history):
            found.append(Case(history, entry["question"], entry["title"]))
    return found


def _half(opening: str) -> int:
    return int(sha1(opening.encode(), usedforsecurity=False).hexdigest(), 16) % 2


class Conversation:
    """Asks one question after the other."""

    def __init__(self, answerer: Answerer, tokenizer: Tokenizer) -> None:
        self._answerer = answerer
        self._tokenizer = tokenizer
        self._turns: dict[tuple[str, Turn | None], Turn] = {}

    async def after(self, history: Sequence[str], question: str) -> str:
        """Return what is asked after these turns."""
        turn: Turn | None = None
        for text in (*history, question):
            if (text, turn) not in self._turns:  # conversations begin alike
                self._turns[text, turn] = await self._answerer.understood(text, turn)
            understood = self._turns[text, turn]
            turn = understood if understood.question else None
        return turn.question if turn else question

    def by_form(self, history: Sequence[str], question: str) -> str:
        """Return what is asked where only the form of a question tells that it follows up on the last."""
        asked = ""
        for text in (*history, question):
            followed = follow_up(text, asked, self._tokenizer) if asked else None
            asked = followed.question if followed else text
        return asked

    async def title(self, question: str) -> str:
        """Return the title of the document that a question is best answered from."""
        ranking = await self._answerer.rank(question)
        return ranking.candidates[0].hit.source.title if ranking.candidates else ""


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("followups", type=Path)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--per-speaker", action="store_true", help="leave out what the other one said")
    parser.add_argument("--half", type=int, choices=(0, 1), help="ask of half of the conversations only")
    arguments = parser.parse_args()
    draw = random.Random(SEED)
    known = cases(arguments.followups, per_speaker=arguments.per_speaker, half=arguments.half)
    asked = draw.sample(known, min(arguments.questions, len(known)))
    async with _opened(squad(arguments.sets[0])) as conversation:
        right = [0, 0, 0]
        for case in asked:
            questions = (
                case.question,
                conversation.by_form(case.history, case.question),
                await conversation.after(case.history, case.question),
            )
            for place, question in enumerate(questions):
                right[place] += await conversation.title(question) == case.title
    print(f"{len(asked)} follow-ups, right document: ", end="")
    print("{:.3f} as they stand, {:.3f} by form, {:.3f} with the subject".format(*(one / len(asked) for one in right)))
    for path in arguments.sets:
        await _new_topics(path, known, draw, arguments.questions)


async def _new_topics(path: Path, known: Sequence[Case], draw: random.Random, count: int) -> None:
    """Print how often questions of a set suffer from a conversation before them about something else."""
    questions = squad(path)
    titles = {document.source.path: document.source.title for document in questions.documents}
    items = draw.sample(questions.items, min(count, len(questions.items)))
    changed = wrong = 0
    async with _opened(questions) as conversation:
        for item in items:
            # Another question of the same set, or a conversation where there is one about this set.
            others = [case for case in known if case.title in titles.values()]
            case = draw.choice(others) if others else None
            history = (*case.history, case.question) if case else (draw.choice(questions.items).question,)
            completed = await conversation.after(history, item.question)
            if completed != item.question:
                changed += 1
                title = titles[item.path]
                alone = await conversation.title(item.question) == title
                wrong += alone and await conversation.title(completed) != title
    share = changed / len(items), wrong / len(items)
    print("{}: {} new questions, {:.3f} carried over, {:.3f} wrongly".format(path.name, len(items), *share))


@asynccontextmanager
async def _opened(questions: QuestionSet) -> AsyncIterator[Conversation]:
    with TemporaryDirectory(prefix="yuanju-") as folder:
        tokenizer = Tokenizer(Path(folder) / "jieba")
        engine = LocalEngine(Path(folder) / "index", tokenizer)
        await fill(engine, questions.documents)
        try:
            yield Conversation(Answerer(engine, tokenizer, threshold=THRESHOLD), tokenizer)
        finally:
            engine.close()


if __name__ == "__main__":
    asyncio.run(main())
