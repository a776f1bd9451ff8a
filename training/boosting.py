"""Learns the small trees that correct the linear model: gradient boosting of the same listwise softmax, by LightGBM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from retrieval.ranking.model import Model, Trees
from training.learning import Array, Lists, joined, ranking_weights

Tree = dict[str, list[float]]
ROUNDS = 400
OPTIONS = {
    "num_leaves": 8,
    "max_depth": 4,
    "learning_rate": 0.08,
    "extra_trees": True,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
}
"""Few leaves, each tree from a third of the features, split at random: what holds in one set holds elsewhere."""
_LEAST = 1e-4
"""The least curvature of a candidate, so that a sure one does not make a step without bounds."""


def ranking_model(sets: Sequence[Lists], *, penalty: float, seed: int) -> tuple[Model, list[Tree]]:
    """Learn the weights, then the trees on top of them; gives the trees also as they are stored."""
    weights = ranking_weights(sets, penalty=penalty)
    trees = boosted(sets, weights, seed=seed)
    return Model(weights, Trees.of(trees, range(len(weights)))), trees


def boosted(sets: Sequence[Lists], weights: Array, *, seed: int) -> list[Tree]:
    """Learn trees that lower the loss of the linear model with ``weights``."""
    import lightgbm  # a tool for training alone: dependency group "train"

    lists = joined(sets)

    def objective(values: Array, _: object) -> tuple[Array, Array]:
        chance, wanted = lists.chances(values)
        importance = lists.importance[lists.list_of]
        return (chance - wanted) * importance, np.maximum(chance * (1 - chance), _LEAST) * importance

    data = lightgbm.Dataset(lists.features, label=lists.right, init_score=lists.features @ weights)
    fixed = {"objective": objective, "seed": seed, "deterministic": True, "num_threads": 1, "verbose": -1}
    booster = lightgbm.train({**OPTIONS, **fixed}, data, ROUNDS)
    trees = [_flat(entry["tree_structure"]) for entry in booster.dump_model()["tree_info"]]
    same = Trees.of(trees, range(len(weights))).values(lists.features)
    np.testing.assert_allclose(same, booster.predict(lists.features, raw_score=True), atol=1e-4)
    return trees


def _flat(root: Mapping[str, Any]) -> Tree:
    """Turn nested nodes into lists of inner nodes and leaves, as ``Trees.of`` takes them."""
    tree: Tree = {"feature": [], "threshold": [], "left": [], "right": [], "leaves": []}

    def add(node: Mapping[str, Any]) -> int:
        if "leaf_value" in node:
            tree["leaves"].append(float(f"{node['leaf_value']:.5g}"))
            return -len(tree["leaves"])
        number = len(tree["feature"])
        tree["feature"].append(node["split_feature"])
        tree["threshold"].append(node["threshold"])
        for side in ("left", "right"):
            tree[side].append(0)
        for side in ("left", "right"):
            tree[side][number] = add(node[f"{side}_child"])
        return number

    add(root)
    return tree
