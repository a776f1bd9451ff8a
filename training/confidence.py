"""Learns the confidence from cases, says how well it does on kinds not learned from, and sets its thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation import refusal
from training.cases import Cases
from training.learning import Array, confidence_weights
from training.workshop import RANKED, Key

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
PENALTY = 100.0
"""On the standardised weights, which must hold where nothing was learned."""

COLUMNS = {
    "foreign": ("foreign",),
    "swapped": ("name", "year", "number"),
    "chat, now": ("chat", "now"),
    "refused": ("refused",),
    "gone": ("paragraph", "sentence"),
}
"""The sorts of unanswerable questions that are reported together."""

JUDGED_COLUMNS = ("foreign", "swapped", "chat, now", "refused")
SURE_WRONGLY, SHOWN_RIGHTLY, LOST = 0.06, 0.9, 0.03
"""The thresholds: in no kind and layout more of any of these columns is sure, which leaves a quarter of the 8 % that
are promised to chance; so many of the answerable are shown, and no more lose a right first answer because it is not.
Where the answering paragraph or sentence is gone, what is left or a neighbour may answer all the same: by these they
are not judged."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """What is learned of confidence: a weight for each sign, and what is added."""

    weights: Array
    bias: float

    def values(self, table: Cases) -> Array:
        """Return the log-odds that the documents answer."""
        return np.asarray(table.signs @ self.weights + self.bias)


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
        np.concatenate(rows), np.concatenate(answerable), np.concatenate(importance), penalty=PENALTY
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
                sure.append(np.quantile(others, 1 - SURE_WRONGLY))
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


def scaled(learned: Confidence, shown: float, sure: float) -> Confidence:
    """Return the same order of confidence on a scale on which the thresholds are those of the settings, ¼ and ½.

    So the settings keep their meaning when the weights are learned anew.
    """
    factor = np.log(3) / (sure - shown)
    return Confidence(learned.weights * factor, (learned.bias - sure) * factor)
