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
from retrieval.ranking.measures import Array, Indices

SPLITS = 7
"""How many splits a tree has at most, which makes eight leaves."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Regression trees, of at most ``SPLITS`` splits each.

    A split asks whether a row's ``feature`` is above its ``threshold``; both are trees × splits. The answers of all
    splits of a tree, as the bits of a number, say which leaf it comes to: ``value`` is trees × these numbers (Lucchese
    et al., QuickScorer, 2015), so that no tree is walked.
    """

    feature: Indices
    threshold: Array
    value: Array

    @classmethod
    def of(cls, trees: Sequence[Mapping[str, Sequence[float]]], columns: Sequence[int]) -> Trees:
        """Build trees from lists of their inner nodes and leaves; ``columns`` maps their features to the table's.

        ``left`` (at most the threshold) and ``right`` hold the number of an inner node, or -1 - n for the n-th of the
        ``leaves``.
        """

        def padded(key: str, filling: float, width: int = SPLITS) -> Array:
            rows = [[*tree[key], *[filling] * (width - len(tree[key]))] for tree in trees]
            return np.array(rows, dtype=np.float64).reshape(len(trees), width)

        left, right, feature = (padded(key, 0).astype(np.int64) for key in ("left", "right", "feature"))
        tree, answers = np.arange(len(trees))[:, None], np.arange(1 << SPLITS)
        # Where a tree stands after each number of answers, all numbers of all trees at once.
        splits = np.array([len(one["feature"]) for one in trees], dtype=np.int64)
        node = np.repeat(np.minimum(splits, 1)[:, None] - 1, len(answers), axis=1)
        for _ in range(SPLITS):
            inner = np.maximum(node, 0)
            place = tree * SPLITS + inner
            below = np.where(answers >> inner & 1, right.take(place), left.take(place))
            node = np.where(node >= 0, below, node)
        value = padded("leaves", 0, SPLITS + 1)[tree, -1 - node]
        return cls(np.array(columns, dtype=np.int64)[feature], padded("threshold", np.inf), value)

    def values(self, table: Array) -> Array:
        """Sum the values of the leaves that each row of ``table`` comes to."""
        return leaves(self.feature, self.threshold, self.value, table)


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
