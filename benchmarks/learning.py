"""The two small learners behind the weights: a listwise softmax for the ranking, a logistic model for confidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Objective = Callable[[Array], tuple[float, Array]]


@dataclass(frozen=True, slots=True)
class Lists:
    """Candidates of many questions: ``features`` by candidate, whether each is right, and its question's number.

    The candidates of a question stand together, and ``question`` rises.
    """

    features: Array
    right: NDArray[np.bool_]
    question: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> Lists:
        """Give the candidates that are chosen, whole questions only."""
        return Lists(self.features[chosen], self.right[chosen], self.question[chosen])

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each question's candidates begin."""
        return np.flatnonzero(np.concatenate(([True], self.question[1:] != self.question[:-1])))


def ranking_weights(sets: Sequence[Lists], *, penalty: float) -> Array:
    """Learn the weights of the features from sets that count alike, however large they are.

    The loss of a question is -ln of the probability that a softmax over its candidates gives to the right ones (Cao et
    al., Learning to rank: from pairwise approach to listwise approach, 2007), with an L2 penalty on the weights of the
    standardised features. Questions none of whose candidates is right teach nothing.
    """
    largest = max(len(part.starts) for part in sets)
    features = np.concatenate([part.features for part in sets])
    right = np.concatenate([part.right for part in sets])
    starts, sizes, importance, offset = [], [], [], 0
    for part in sets:
        starts.append(part.starts + offset)
        sizes.append(np.diff(np.append(part.starts, len(part.question))))
        importance.append(np.full(len(part.starts), largest / len(part.starts)))
        offset += len(part.question)
    first, size, weight = np.concatenate(starts), np.concatenate(sizes), np.concatenate(importance)
    list_of = np.repeat(np.arange(len(first)), size)
    weight = weight * np.maximum.reduceat(right, first)
    deviation = features.std(axis=0) + 1e-9
    table = (features - features.mean(axis=0)) / deviation

    def objective(weights: Array) -> tuple[float, Array]:
        values = table @ weights
        odds = np.exp(values - np.maximum.reduceat(values, first)[list_of])
        total = np.add.reduceat(odds, first)
        good = np.where(right, odds, 0)
        known = np.maximum(np.add.reduceat(good, first), 1e-300)
        loss = float((weight * (np.log(total) - np.log(known)) * (weight > 0)).sum())
        slope = (odds / total[list_of] - good / known[list_of]) * weight[list_of]
        return loss + penalty / 2 * float(weights @ weights), table.T @ slope + penalty * weights

    return np.asarray(minimum(objective, np.zeros(table.shape[1])) / deviation)


def confidence_weights(signs: Array, answerable: Array, importance: Array, *, penalty: float) -> tuple[Array, float]:
    """Learn a logistic model of ``answerable`` (0 or 1) by Newton's method; gives its weights and its bias."""
    mean, deviation = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    table = np.column_stack(((signs - mean) / deviation, np.ones(len(signs))))
    ridge = np.diag([*[penalty] * signs.shape[1], 0.0])
    weights = np.zeros(table.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (importance * (chance - answerable)) + ridge @ weights
        curvature = (table * (importance * chance * (1 - chance))[:, None]).T @ table + ridge
        step = np.linalg.solve(curvature, slope)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    scaled = weights[:-1] / deviation
    return scaled, float(weights[-1] - mean @ scaled)


def minimum(objective: Objective, start: Array, *, memory: int = 10, steps: int = 500) -> Array:
    """Find the minimum of a smooth convex function by L-BFGS (Nocedal, 1980) with a backtracking line search."""
    point, history = start, list[tuple[Array, Array]]()
    value, slope = objective(point)
    for _ in range(steps):
        direction = -_scaled(slope, history)
        length, fall = 1.0, float(slope @ direction)
        while True:
            following = point + length * direction
            next_value, next_slope = objective(following)
            if next_value <= value + 1e-4 * length * fall or length < 1e-10:
                break
            length /= 2
        moved, turned = following - point, next_slope - slope
        if float(moved @ turned) > 1e-12:
            history = [*history, (moved, turned)][-memory:]
        settled = abs(value - next_value) <= 1e-8 * abs(value)
        point, value, slope = following, next_value, next_slope
        if settled:
            break
    return point


def _scaled(slope: Array, history: Sequence[tuple[Array, Array]]) -> Array:
    """Multiply a gradient by the approximate inverse of the Hessian: the two loops of L-BFGS."""
    if not history:
        return slope / (np.linalg.norm(slope) + 1e-12)
    result, factors = slope.copy(), []
    for moved, turned in reversed(history):
        factor = float(moved @ result) / float(turned @ moved)
        result -= factor * turned
        factors.append(factor)
    moved, turned = history[-1]
    result *= float(moved @ turned) / float(turned @ turned)
    for (moved, turned), factor in zip(history, reversed(factors), strict=True):
        result += moved * (factor - float(turned @ result) / float(turned @ moved))
    return result


def hits(lists: Lists, weights: Array, *, questions: int) -> dict[str, float]:
    """Give Hit@1 and Hit@3 of a model over all ``questions``, those without candidates included."""
    values = lists.features @ weights
    bounds: list[Any] = [*lists.starts.tolist(), len(values)]
    first = third = 0
    for begin, end in pairwise(bounds):
        order = np.argsort(-values[begin:end], kind="stable")
        ranked = lists.right[begin:end][order]
        first += bool(ranked[0])
        third += bool(ranked[:3].any())
    return {"Hit@1": first / questions, "Hit@3": third / questions}
