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
        shape = (len(trees), SPLITS)
        feature, threshold = np.zeros(shape, np.int64), np.full(shape, np.inf)
        value = np.zeros((len(trees), 1 << SPLITS))
        answers = (np.arange(1 << SPLITS)[:, None] >> np.arange(SPLITS)) & 1
        for number, tree in enumerate(trees):
            splits = len(tree["feature"])
            feature[number, :splits] = [columns[int(column)] for column in tree["feature"]]
            threshold[number, :splits] = tree["threshold"]
            node = np.full(1 << SPLITS, 0 if splits else -1)
            for _ in range(splits):
                inner = np.maximum(node, 0)
                over = answers[np.arange(len(node)), inner] > 0
                below = np.where(over, np.array(tree["right"])[inner], np.array(tree["left"])[inner])
                node = np.where(node >= 0, below, node).astype(np.int64)
            value[number] = np.array(tree["leaves"])[-1 - node]
        return cls(feature, threshold, value)

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
