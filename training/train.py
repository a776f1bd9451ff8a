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
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from retrieval.language import Tokenizer
from retrieval.ranking.closeness import NAMES as MEANING_NAMES
from retrieval.ranking.confidence import names
from retrieval.ranking.features import NAMES
from retrieval.ranking.model import Model
from training import meanings
from training.cases import Rankers
from training.confidence import Confidence, learn_confidence, report, scaled, thresholds, without_each
from training.learning import hits
from training.material import load
from training.tables import Asker
from training.workshop import PENALTY, Key, Workshop


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
