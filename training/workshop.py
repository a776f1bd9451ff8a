"""Makes the tables that are learned from: the candidates of the ranking, and the cases of the confidence."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from retrieval.ranking.model import Model
from training.boosting import Tree, ranking_model
from training.cases import Cases, Outside, Rankers, cases
from training.learning import Lists, together
from training.material import REAL, Layout, Material
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
PENALTY = 8.0
"""On the standardised weights of the ranking."""

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
