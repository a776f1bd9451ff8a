"""Learns the weights of the ranking and of the confidence, and reports how well they do on kinds not learned from.

    python -m training.train SET.json... FOLDER             writes retrieval/ranking/ranking.json and confidence.json
    python -m training.train SET.json... FOLDER --report    measures each kind by what was learned on the others

With ``--meaning MODEL``, an encoder's folder, ranking.meaning.json and confidence.meaning.json are learned, too.

Sets are in SQuAD's format; a folder holds real collections (see ``training.material``). Two kinds are the least. The
same sets and seed give the same weights. ``--tables`` keeps the tables that are learned from in a folder, to be emptied
when code or sets change. Needs the dependency group "train" (pip install --group train, by pip 25.1 or newer).
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation import refusal
from retrieval.language import Tokenizer
from retrieval.ranking.closeness import NAMES as MEANING_NAMES
from retrieval.ranking.confidence import names
from retrieval.ranking.features import NAMES
from retrieval.ranking.model import Model
from training import meanings
from training.boosting import Tree, ranking_model
from training.cases import Cases, Outside, Rankers, cases
from training.learning import Array, Lists, confidence_weights, hits, together
from training.material import REAL, Layout, Material, load
from training.tables import Asker

T = TypeVar("T")

QUESTIONS = {"encyclopedia": 1000, "law": 800, "chat": 700}
"""How many questions of a set the ranking is learned from; of other kinds all."""
WEIGHTS = {"law": 0.1, "chat": 0.2, "real": 0.25}
"""What these count in the ranking: of a right law any sentence is right, chats ask for lines of a table, and of real
documents there are few."""
RANKED = (Layout("titled", titled=True), Layout("untitled", titled=False))
"""The layouts that the ranking is learned from."""
JUDGED = (
    *RANKED,
    Layout("five a file", titled=False, per_file=5, size=600),
    Layout("240 untitled", titled=False, size=240),
    Layout("60 untitled", titled=False, size=60),
    Layout("15 untitled", titled=False, size=15),
    Layout("15 titled", titled=True, size=15),
)
"""Those that the confidence is learned from."""
CASES = 20
"""How many questions of a set each of these has."""
SMALLEST_REAL = 240
"""Paragraphs of the smallest part of a real collection that is asked, since people asked little of each."""
SHARES = {
    "foreign": 1.0,
    "paragraph": 1.0,
    "sentence": 1.0,
    "name": 1.2,
    "year": 0.6,
    "number": 0.6,
    "word": 1.0,
    "chat": 1.0,
    "now": 0.5,
    "refused": 0.5,
}
"""How much each sort of unanswerable question counts."""
_LEAST_CASES = 20
WRONG = 0.6
"""What it costs to answer a question that the documents do not answer, beside refusing one that they do."""
NEIGHBOURED = frozenset(("paragraph", "sentence", "word"))
"""Sorts made by taking away or changing something small: what is left, or a neighbour, may answer all the same."""
OVERLAPPING = 0.3
"""What these count where collections say most things more than once: everywhere but in encyclopedias."""
PENALTY, DOUBT_PENALTY = 8.0, 100.0
"""On the standardised weights of the ranking, and of the confidence, which must hold where nothing was learned."""

COLUMNS = {
    "foreign": ("foreign",),
    "swapped": ("name", "year", "number"),
    "chat, now": ("chat", "now"),
    "refused": ("refused",),
    "gone": ("paragraph", "sentence"),
}
"""The sorts of unanswerable questions that are reported together."""

JUDGED_COLUMNS = ("foreign", "swapped", "chat, now", "refused")
SURE_WRONGLY, SHOWN_RIGHTLY, LOST = 0.08, 0.9, 0.03
"""The thresholds: in no kind and layout more of any of these columns is sure, so many of the answerable are shown, and
no more lose a right first answer because it is not. Where the answering paragraph or sentence is gone, what is left or
a neighbour may answer all the same: by these they are not judged."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """What is learned of confidence: a weight for each sign, and what is added."""

    weights: Array
    bias: float

    def values(self, table: Cases) -> Array:
        """Return the log-odds that the documents answer."""
        return np.asarray(table.signs @ self.weights + self.bias)


Key = tuple[str, str, str]
"""A table's kind, set and layout; all real collections are one set."""


class Workshop:
    """Makes the tables, each once."""

    def __init__(self, asker: Asker, materials: Sequence[Material], *, seed: int, folder: Path | None) -> None:
        self.asker = asker
        self.materials = [one.sample(QUESTIONS.get(one.kind, len(one.asked)), seed) for one in materials]
        self.kinds = tuple(dict.fromkeys(one.kind for one in materials))
        self.families = tuple(dict.fromkeys(one.family for one in materials))
        self.seed = seed
        self._folder = folder

    def lists(self) -> dict[str, dict[Key, Lists]]:
        """Return the candidates of each question, by family."""

        def make(one: Material, layout: Layout) -> Lists:
            return self.kept(f"lists {one.name} {layout.name}", partial(self.asker.lists, one, layout, self.seed))

        return self.by_family(make, together)

    def by_family(
        self, make: Callable[[Material, Layout], T], join: Callable[[Sequence[T]], T]
    ) -> dict[str, dict[Key, T]]:
        """Return what is made of each set, for each layout that is ranked; what is made of real ones is joined."""
        tables: dict[str, dict[Key, T]] = {family: {} for family in self.families}
        for layout in RANKED:
            real = []
            for one in self.materials:
                made = make(one, layout)
                if one.kind == REAL:
                    real.append(made)
                else:
                    tables[one.family][one.kind, one.name, layout.name] = made
            if real:
                tables[REAL][REAL, REAL, layout.name] = join(real)
        return tables

    def ranker(self, lists: Mapping[str, Mapping[Key, Lists]], without: str | None) -> tuple[Model, list[Tree]]:
        """Learn the ranking without the sets of a family."""
        parts = [
            replace(part, weight=WEIGHTS.get(kind, 1.0))
            for family, tables in lists.items()
            if family != without
            for (kind, _, _), part in tables.items()
        ]
        return self.kept(f"ranker {without}", partial(ranking_model, parts, penalty=PENALTY, seed=self.seed))

    def cases(self, rankers: Mapping[str, Rankers]) -> dict[Key, Cases]:
        """Return the cases, ranked by models that have not seen the family."""
        tables: dict[Key, Cases] = {}
        for one in self.materials:
            outside = Outside.of([other for other in self.materials if other is not one])
            for layout in JUDGED:
                if one.kind == REAL and layout.size is not None and layout.size < SMALLEST_REAL:
                    continue
                count = CASES * (2 if layout in RANKED else 1) * (1 if one.kind == "encyclopedia" else 2)
                ranked = rankers[one.family]
                make = partial(cases, self.asker, one, layout, outside, ranked, count=count, seed=self.seed)
                name = f"{'meaning ' if ranked.meaning else ''}cases {one.name} {layout.name}"
                tables[one.kind, one.name, layout.name] = self.kept(name, make)
        return tables

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """Return what is made, or was made in an earlier run with the same tables."""
        if self._folder is None:
            return make()
        path = self._folder / f"{name}.pickle"
        if path.exists():
            return pickle.loads(path.read_bytes())  # type: ignore[no-any-return]  # noqa: S301 - written here
        made = make()
        self._folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(made))
        print(f"made {name}", flush=True)
        return made


def learn_confidence(tables: Mapping[Key, Cases]) -> Confidence:
    """Learn from tables that count alike by kind; in each all sorts together count ``WRONG`` times the answerable.

    What a layout hides so well that its sentence is not ranked at all, is not answerable there.
    """
    rows, answerable, importance = [], [], []
    kinds = [kind for kind, _, _ in tables]
    for (kind, _, _), whole in tables.items():
        table = whole.where(~whole.answerable | (whole.rank > 0))
        weight = np.where(table.answerable, 1.0, 0.0)
        total = weight.sum()
        present = {
            sort: share * (OVERLAPPING if sort in NEIGHBOURED and kind != "encyclopedia" else 1)
            for sort, share in SHARES.items()
            if (table.sorts == sort).any()
        }
        for sort, share in present.items():
            chosen = table.sorts == sort
            weight[chosen] = WRONG * share / sum(present.values()) * total / chosen.sum()
        rows.append(table.signs)
        answerable.append(table.answerable.astype(np.float64))
        importance.append(weight * 1000 / max(total, 1) / kinds.count(kind))
    weights, bias = confidence_weights(
        np.concatenate(rows), np.concatenate(answerable), np.concatenate(importance), penalty=DOUBT_PENALTY
    )
    return Confidence(weights, bias)


def without_each(tables: Mapping[Key, Cases]) -> dict[str, Array]:
    """Return for each kind the log-odds of its cases, by what the others teach."""
    values = {}
    for kind in dict.fromkeys(kind for kind, _, _ in tables):
        learned = learn_confidence({key: table for key, table in tables.items() if key[0] != kind})
        own = [table for key, table in tables.items() if key[0] == kind]
        values[kind] = np.concatenate([learned.values(table) for table in own])
    return values


def joined_cases(tables: Sequence[Cases]) -> Cases:
    """Return several tables as one."""
    return Cases(
        *(
            np.concatenate(columns)
            for columns in zip(*((t.signs, t.sorts, t.item, t.rank) for t in tables), strict=True)
        )
    )


def grouped(tables: Mapping[Key, Cases], values: Mapping[str, Array]) -> Iterator[tuple[str, str, Cases, Array]]:
    """Yield kind, layout, cases and their log-odds: the layouts that are ranked by themselves, the others together."""
    own_names = {one.name for one in RANKED}
    for kind, found in values.items():
        keys = [key for key in tables if key[0] == kind]
        bounds = np.cumsum([0, *(len(tables[key].sorts) for key in keys)])
        groups: dict[str, list[int]] = {}
        for number, (_, _, layout) in enumerate(keys):
            groups.setdefault(layout if layout in own_names else "other layouts", []).append(number)
        for layout, numbers in groups.items():
            own = joined_cases([tables[keys[number]] for number in numbers])
            yield kind, layout, own, np.concatenate([found[bounds[number] : bounds[number + 1]] for number in numbers])


def thresholds(tables: Mapping[Key, Cases], values: Mapping[str, Array]) -> tuple[float, float]:
    """Return the log-odds from which something is shown, and from which it is sure."""
    shown, sure = [], []
    for _, _, own, found in grouped(tables, values):
        shown.append(np.quantile(found[own.answerable], 1 - SHOWN_RIGHTLY))
        first = np.sort(found[own.answerable & (own.rank == 1)])
        shown.append(first[min(int(LOST * own.answerable.sum()), len(first) - 1)])
        for column in JUDGED_COLUMNS:
            others = found[np.isin(own.sorts, COLUMNS[column])]
            if len(others) >= _LEAST_CASES:
                most = int(SURE_WRONGLY * len(others))
                sure.append(np.sort(others)[[-1 - most, -most]].mean())  # halfway from the first that is not to be
    return float(np.min(shown)), float(np.max(sure))


def report(tables: Mapping[Key, Cases], values: Mapping[str, Array], shown: float, sure: float) -> None:
    """Print a row for each kind and layout: ranking at threshold 0 beside what users see, and what is wrongly sure."""
    print(
        "| kind | n | right first / in three | as users see them | shown | sure | sure of " + " | ".join(COLUMNS),
        "| AUROC |",
    )
    for kind, layout, own, found in grouped(tables, values):
        print(f"| {kind}, {layout} | {' | '.join(_cells(own, found, shown, sure))} |", flush=True)


def _cells(own: Cases, found: Array, shown: float, sure: float) -> list[str]:
    rank, known = own.rank[own.answerable], found[own.answerable]
    first, third, seen = rank == 1, (rank > 0) & (rank <= 3), known >= shown
    cells = [
        str(len(rank)),
        f"{_share(first)} / {_share(third)}",
        f"{_share(first & seen)} / {_share(third & seen)}",
        _share(seen),
        _share(known >= sure),
    ]
    for sorts in COLUMNS.values():
        others = found[np.isin(own.sorts, sorts)]
        cells.append(_share(others >= sure) if len(others) >= _LEAST_CASES else "")
    judged = found[np.isin(own.sorts, [sort for column in JUDGED_COLUMNS for sort in COLUMNS[column]])]
    return [*cells, f"{refusal(known.tolist(), judged.tolist())['refusal AUROC']:.2f}"]


def _share(chosen: NDArray[np.bool_]) -> str:
    return f"{chosen.mean():.3f}".removeprefix("0") if len(chosen) else ""


def main() -> None:
    """Train, and report or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET", help="question set, or folder of real collections")
    parser.add_argument("--report", action="store_true", help="measure on kinds not learned from; write nothing")
    parser.add_argument("--tables", type=Path, metavar="FOLDER", help="keep what is learned from here")
    parser.add_argument("--meaning", type=Path, metavar="FOLDER", help="an encoder: learn to compare meanings, too")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    materials = load(arguments.sets)
    with TemporaryDirectory() as cache, ExitStack() as stack:
        folder = arguments.tables or Path(cache)
        workshop = Workshop(
            Asker(Tokenizer(Path(cache)), folder), materials, seed=arguments.seed, folder=arguments.tables
        )
        if len(workshop.kinds) < 2:
            parser.error("two kinds of sets are the least: each is tested on what the others teach")
        lists = workshop.lists()
        models = {family: workshop.ranker(lists, family)[0] for family in workshop.families}
        for family, parts in lists.items():
            for key, part in parts.items():
                print_hits("ranking", key, hits(part, models[family].values(part.features), questions=part.asked))
        rankers = {family: Rankers(model) for family, model in models.items()}
        learned = judged(workshop, rankers)
        if not arguments.report:
            write("ranking.json", NAMES, *workshop.ranker(lists, None))
            write_confidence("confidence.json", learned, meaning=False)
        if arguments.meaning:
            cosines = stack.enter_context(closing(meanings.opened(arguments.meaning, folder))).cosines
            tables = meanings.compared(workshop, models, cosines)
            for family in workshop.families:
                model = meanings.ranker(tables, family, penalty=PENALTY)
                rankers[family] = Rankers(models[family], cosines, model)
                for what, key, found in meanings.measures(tables[family], model):
                    print_hits(what, key, found)
            learned = judged(workshop, rankers)
            if not arguments.report:
                write("ranking.meaning.json", MEANING_NAMES, meanings.ranker(tables, None, penalty=PENALTY), [])
                write_confidence("confidence.meaning.json", learned, meaning=True)


def judged(workshop: Workshop, rankers: Mapping[str, Rankers]) -> Confidence:
    """Report how each kind does by what is learned on the others, and return the confidence learned of all."""
    tables = workshop.cases(rankers)
    values = without_each(tables)
    shown, sure = thresholds(tables, values)
    report(tables, values, shown, sure)
    return scaled(learn_confidence(tables), shown, sure)


def print_hits(what: str, key: Key, found: Mapping[str, float]) -> None:
    """Print measures of a table."""
    line = "  ".join(f"{name} {value:.3f}" for name, value in found.items())
    print(f"{what:20} {', '.join(key):44} {line}", flush=True)


def scaled(learned: Confidence, shown: float, sure: float) -> Confidence:
    """Return the same order of confidence on a scale on which the thresholds are those of the settings, ¼ and ½.

    So the settings keep their meaning when the weights are learned anew.
    """
    factor = np.log(3) / (sure - shown)
    return Confidence(learned.weights * factor, (learned.bias - sure) * factor)


def write(file: str, columns: Sequence[str], model: Model, trees: Sequence[Mapping[str, Sequence[float]]]) -> None:
    """Write a model of the ranking into the package."""
    _write(file, {"features": list(columns), "weights": model.weights.round(5).tolist(), "trees": list(trees)})


def write_confidence(file: str, learned: Confidence, *, meaning: bool) -> None:
    """Write the weights of the confidence into the package."""
    weights = learned.weights.round(5).tolist()
    _write(file, {"signs": list(names(meaning=meaning)), "weights": weights, "bias": round(learned.bias, 5)})


def _write(file: str, values: Mapping[str, object]) -> None:
    """Write JSON with a line for each element of its lists: weights and trees can be compared in a diff."""
    lines = []
    for name, value in values.items():
        told = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list):
            told = "[\n  " + ",\n  ".join(json.dumps(element, ensure_ascii=False) for element in value) + "\n ]"
        lines.append(f" {json.dumps(name)}: {told}")
    path = Path(__file__).parent.parent / "retrieval" / "ranking" / file
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
