"""The model that ranks: a linear one over the table of features, and small regression trees that correct it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from retrieval.ranking.compiled import leaves
from retrieval.ranking.measures import Array, Splits

SPLITS = 7
"""How many splits a tree has at most, which makes eight leaves."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Regression trees, of at most ``SPLITS`` splits each.

    ``value`` is trees × leaves, from left to right. A row comes to the first that it has not lost by all splits it is
    above (Lucchese et al., QuickScorer, 2015), so that no tree is walked; and a value is looked for among the
    thresholds of its column once, for all trees.
    """

    splits: Splits
    value: Array

    @classmethod
    def of(cls, trees: Sequence[Mapping[str, Sequence[float]]], columns: Sequence[int]) -> Trees:
        """Build trees from lists of their inner nodes and leaves; ``columns`` maps their features to the table's.

        ``left`` (at most the threshold) and ``right`` hold the number of an inner node, or -1 - n for the n-th of the
        ``leaves``.
        """
        shape = len(trees), SPLITS
        feature, lost, threshold = np.zeros(shape, np.int16), np.zeros(shape, np.int16), np.full(shape, np.inf)
        value = np.zeros((len(trees), SPLITS + 1))
        for number, tree in enumerate(trees):
            size = len(tree["feature"])
            feature[number, :size] = [columns[int(one)] for one in tree["feature"]]
            threshold[number, :size] = tree["threshold"]
            leaves, lost[number, :size] = _from_left(tree)
            value[number, : size + 1] = leaves
        cuts, rank = [], np.zeros(shape, np.int16)
        for column in range(max(columns, default=-1) + 1):
            there = feature == column
            # Asked for no inverse, NumPy would load its masked arrays.
            own, rank[there] = np.unique(threshold[there], return_inverse=True)
            cuts.append(own)
        firsts = np.cumsum([0, *map(len, cuts)])
        return cls(Splits(feature, rank, lost, np.concatenate([*cuts, np.zeros(0)]), firsts), value)

    def values(self, table: Array) -> Array:
        """Sum the values of the leaves that each row of ``table`` comes to."""
        return leaves(self.splits, self.value, table)


def _from_left(tree: Mapping[str, Sequence[float]]) -> tuple[list[float], list[int]]:
    """Return the leaves of a tree from left to right, and which of them each inner node has on its left, as bits."""
    leaves: list[float] = []
    lost = [0] * len(tree["feature"])

    def walk(node: int) -> None:
        if node < 0:
            leaves.append(tree["leaves"][-1 - node])
            return
        first = len(leaves)
        walk(int(tree["left"][node]))
        lost[node] = (1 << len(leaves)) - (1 << first)
        walk(int(tree["right"][node]))

    walk(0 if lost else -1)
    return leaves, lost


@dataclass(frozen=True, slots=True)
class Model:
    """Gives each sentence a value: the higher, the likelier it answers; a softmax over them is its probability.

    ``weights`` has one for each column of the table of features.
    """

    weights: Array
    trees: Trees

    def values(self, table: Array) -> Array:
        """Return the value of each row of the table of features."""
        return np.asarray(table @ self.weights + self.trees.values(table))


@cache
def stored(file: str, names: tuple[str, ...]) -> Model:
    """Return the model in a file of the package, for a table with these columns."""
    kept: dict[str, Any] = json.loads(files("retrieval.ranking").joinpath(file).read_text("utf-8"))
    by_name = dict(zip(kept["features"], kept["weights"], strict=True))
    columns = [names.index(name) for name in kept["features"]]
    return Model(np.array([by_name[name] for name in names]), Trees.of(kept["trees"], columns))
