"""Trees lead each row to its leaf, and the model adds them to the weighted features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from retrieval.ranking.features import NAMES
from retrieval.ranking.model import Model, Trees, stored

Tree = Mapping[str, Sequence[float]]

STUMP: Tree = {"feature": [1], "threshold": [0.5], "left": [-1], "right": [-2], "leaves": [10, 20]}
DEEP: Tree = {"feature": [0, 1], "threshold": [0, 2], "left": [-1, -2], "right": [1, -3], "leaves": [1, 2, 3]}
LEAF: Tree = {"feature": [], "threshold": [], "left": [], "right": [], "leaves": [5]}


@pytest.mark.parametrize(("value", "expected"), [(0.4, 10), (0.5, 10), (0.6, 20)])
def test_at_most_the_threshold_goes_left(value: float, expected: float) -> None:
    assert Trees.of([STUMP], [0, 1]).values(np.array([[9.0, value]])).tolist() == [expected]


@pytest.mark.parametrize(("row", "expected"), [((-1, 9), 1), ((1, 1), 2), ((1, 9), 3)])
def test_each_leaf_can_be_reached(row: tuple[float, float], expected: float) -> None:
    assert Trees.of([DEEP], [0, 1]).values(np.array([row])).tolist() == [expected]


def test_trees_of_different_size_are_summed() -> None:
    assert Trees.of([STUMP, DEEP, LEAF], [0, 1]).values(np.array([[1.0, 9.0]])).tolist() == [28]


def test_columns_may_stand_in_another_order() -> None:
    assert Trees.of([STUMP], [1, 0]).values(np.array([[9.0, 0.0]])).tolist() == [20]


def test_without_trees_the_model_is_linear() -> None:
    model = Model(np.array([2.0, 3.0]), Trees.of((), ()))
    assert model.values(np.array([[1.0, 1.0], [0.0, 1.0]])).tolist() == [5, 3]


def test_the_stored_model_has_a_weight_for_each_feature() -> None:
    assert len(stored("ranking.json", NAMES).weights) == len(NAMES)
