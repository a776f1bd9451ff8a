"""How much one wrong character in each question costs: right first without and with it.

    python -m training.typos SET.json… FOLDER [--questions 400] [--kind typed|heard]

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

import numpy as np

from retrieval.answering import Answerer
from retrieval.language import Tokenizer
from retrieval.language.sounds import sounds
from retrieval.question import Question
from training.material import Collection, Layout, Material, laid_out, load
from training.tables import Asker

SEED = 20_221
TITLED = Layout("titled", titled=True)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET", help="question set, or folder of real collections")
    parser.add_argument("--questions", type=int, default=400, help="how many questions of a set, at most")
    parser.add_argument("--kind", choices=("typed", "heard"), default="typed")
    arguments = parser.parse_args()
    print(f"{'set':24} {'as written':>11} {'misspelt':>9} {'literally':>10} {'corrected':>10} {'without need':>13}")
    for path in arguments.sets:
        found = [_measured(one.sample(arguments.questions, SEED), arguments.kind) for one in load([path])]
        shares = np.average([measured for measured, _ in found], axis=0, weights=[count for _, count in found])
        print(
            f"{path.name:24} {shares[0]:11.3f} {shares[1]:9.3f} {shares[2]:10.3f} {shares[3]:10.3f} {shares[4]:13.3f}"
        )


def _measured(material: Material, kind: str) -> tuple[list[float], int]:
    """Return the columns for a collection, and how many questions it was asked."""
    random_ = random.Random(SEED)
    collection = laid_out(material, TITLED, random_)
    with TemporaryDirectory(prefix="yuanju-") as folder:
        tokenizer = Tokenizer(Path(folder) / "jieba")
        with Asker(tokenizer, Path(folder)).indexed(collection) as engine:
            answerer = Answerer(engine, tokenizer, threshold=0)
            wrong = [misspelt(one.question, tokenizer, random_, kind=kind) for one in collection.asked]
            written, needless = _right(answerer, collection, [one.question for one in collection.asked])
            typed, corrected = _right(answerer, collection, wrong)
            literally, _ = _right(answerer, collection, wrong, literal=True)
    return [written, typed, literally, corrected, needless], len(collection.asked)


def _right(
    answerer: Answerer, collection: Collection, asked: Sequence[str], *, literal: bool = False
) -> tuple[float, float]:
    """Return the shares of the questions that are right first, and that were corrected."""
    right = corrected = 0
    for one, question in zip(collection.asked, asked, strict=True):
        ranking = asyncio.run(answerer.rank(question, literal=literal))
        corrected += bool(ranking.question.corrections)
        first = ranking.candidates[0] if ranking.candidates else None
        right += first is not None and collection.answers(one, first.hit, first.sentence)
    return right / len(asked), corrected / len(asked)


if __name__ == "__main__":
    main()
