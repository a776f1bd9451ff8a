"""How much one wrong character in each question costs: right first without and with it.

    python -m benchmarks.typos SET.json [SET.json …] [--questions 400] [--kind typed|heard]

A seed decides which character is wrong and by which it is replaced. What is typed is one of the frequent characters
with the same sound without tone, as an input method offers them; what is heard may also confuse n and l, zh and z, in
and ing. Only words of the question that its collection has get a wrong character: others are of no use as they are.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.engines.protocol import fill
from retrieval.evaluation import Item, squad
from retrieval.language import Tokenizer
from retrieval.language.sounds import sounds
from retrieval.question import Question

SEED = 20_221
OFFERED = 12
"""Of so many of the most frequent homophones one is taken."""


def misspelt(question: str, tokenizer: Tokenizer, random_: random.Random, *, kind: str = "typed") -> str:
    """Return the question with one wrong character in a word of two and more; as it is where there is no such word."""
    asked = Question.of(question, tokenizer)
    alike = sounds(tokenizer.cache_folder, tokenizer.dictionary)
    places = [
        place
        for token in asked.tokens
        if token.han and len(token.text) > 1
        for place in range(token.start, token.end)
        if alike.same(asked.content[place], limit=1)
    ]
    if not places:
        return question
    place = random_.choice(places)
    right = asked.content[place]
    offered = alike.same(right, limit=OFFERED)
    if kind == "heard" and (similar := alike.similar(right, limit=OFFERED)):
        offered = similar
    start, end = asked.normal.original(place, place + 1)
    return question[:start] + random_.choice(offered) + question[end:]


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--kind", choices=("typed", "heard"), default="typed")
    arguments = parser.parse_args()
    print(f"{'set':24} {'as written':>11} {'misspelt':>9} {'literally':>10} {'corrected':>10} {'without need':>13}")
    for path in arguments.sets:
        print(await _measured(path, arguments.questions, arguments.kind))


async def _measured(path: Path, count: int, kind: str) -> str:
    questions = squad(path)
    items = questions.items[:: max(1, len(questions.items) // count)]
    with TemporaryDirectory(prefix="yuanju-") as folder:
        tokenizer = Tokenizer(Path(folder) / "jieba")
        engine = LocalEngine(Path(folder) / "index", tokenizer)
        await fill(engine, questions.documents)
        answerer = Answerer(engine, tokenizer, threshold=0)
        random_ = random.Random(SEED)
        wrong = [misspelt(item.question, tokenizer, random_, kind=kind) for item in items]
        written, needless = await _right(answerer, items, [item.question for item in items])
        typed, corrected = await _right(answerer, items, wrong)
        literally, _ = await _right(answerer, items, wrong, literal=True)
        engine.close()
    return f"{path.name:24} {written:11.3f} {typed:9.3f} {literally:10.3f} {corrected:10.3f} {needless:13.3f}"


async def _right(
    answerer: Answerer, items: Sequence[Item], asked: Sequence[str], *, literal: bool = False
) -> tuple[float, float]:
    """Return the shares of the questions that are right first, and that were corrected."""
    right = corrected = 0
    for item, question in zip(items, asked, strict=True):
        ranking = await answerer.rank(question, literal=literal)
        corrected += bool(ranking.question.corrections)
        first = ranking.candidates[0] if ranking.candidates else None
        right += first is not None and item.answered_by(first.hit.source.path, first.sentence)
    return right / len(items), corrected / len(items)


if __name__ == "__main__":
    asyncio.run(main())
