"""The model that ranks: a linear one over the table of features, and small regression trees that correct it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.evidence import Array
from retrieval.ranking.features import NAMES

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trees:
    """Regression trees, node by node: all arrays are trees × nodes, node 0 is the root.

    A row goes ``left`` where its ``feature`` is at most ``threshold``, else ``right``. A leaf leads to itself, and only
    its ``value`` counts. ``depth`` is that of the deepest leaf.
    """

    feature: Indices
    threshold: Array
    left: Indices
    right: Indices
    value: Array
    depth: int

    @classmethod
    def of(cls, trees: Sequence[Mapping[str, Sequence[float]]], columns: Sequence[int]) -> Trees:
        """Build trees from lists of their inner nodes and leaves; ``columns`` maps their features to the table's.

        ``left`` and ``right`` hold the number of an inner node, or -1 - n for the n-th of the ``leaves``.
        """
        width = max((2 * len(tree["leaves"]) - 1 for tree in trees), default=1)
        shape = (len(trees), width)
        feature, value, threshold = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape)
        left = np.tile(np.arange(width), (len(trees), 1))
        right = left.copy()
        depth = 0
        for number, tree in enumerate(trees):
            inner = len(tree["feature"])
            for node in range(inner):
                feature[number, node] = columns[int(tree["feature"][node])]
                threshold[number, node] = tree["threshold"][node]
                for side, name in ((left, "left"), (right, "right")):
                    child = int(tree[name][node])
                    side[number, node] = child if child >= 0 else inner - 1 - child
            value[number, inner : inner + len(tree["leaves"])] = tree["leaves"]
            depth = max(depth, _depth(tree))
        return cls(feature, threshold, left, right, value, depth)

    def values(self, table: Array) -> Array:
        """Sum the values of the leaves that each row of ``table`` comes to."""
        rows, trees = np.arange(len(table))[:, None], np.arange(len(self.feature))[None, :]
        node = np.zeros((len(table), len(self.feature)), np.int64)
        for _ in range(self.depth):
            over = table[rows, self.feature[trees, node]] > self.threshold[trees, node]
            node = np.where(over, self.right[trees, node], self.left[trees, node])
        return np.asarray(self.value[trees, node].sum(axis=1))


def _depth(tree: Mapping[str, Sequence[float]], node: int = 0) -> int:
    if node < 0 or not tree["feature"]:
        return 0
    return 1 + max(_depth(tree, int(tree["left"][node])), _depth(tree, int(tree["right"][node])))


@dataclass(frozen=True, slots=True)
class Model:
    """Gives each sentence a value: the higher, the likelier it answers; a softmax over them is its probability.

    ``weights`` has one for each column of the table of features.
    """

    weights: Array
    trees: Trees

    def values(self, table: Array) -> Array:
        """Give the value of each row of the table of features."""
        return np.asarray(table @ self.weights + self.trees.values(table))


@cache
def stored() -> Model:
    """Give the model in the package."""
    kept: dict[str, Any] = json.loads(files("retrieval.ranking").joinpath("ranking.json").read_text("utf-8"))
    by_name = dict(zip(kept["features"], kept["weights"], strict=True))
    columns = [NAMES.index(name) for name in kept["features"]]
    return Model(np.array([by_name[name] for name in NAMES]), Trees.of(kept["trees"], columns))
