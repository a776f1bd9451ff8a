"""The learners behind the weights: a listwise softmax for the ranking, a logistic model for confidence."""

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

    The candidates of a question stand together, and ``question`` rises. ``asked`` is how many questions were asked,
    those without candidates included. ``weight`` is what they count beside those of other sets.
    """

    features: NDArray[Any]
    right: NDArray[np.bool_]
    question: NDArray[np.int64]
    asked: int
    weight: float = 1.0

    def where(self, chosen: NDArray[np.bool_]) -> Lists:
        """Return the candidates that are chosen."""
        return Lists(self.features[chosen], self.right[chosen], self.question[chosen], self.asked, self.weight)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each question's candidates begin."""
        return np.flatnonzero(np.concatenate(([True], self.question[1:] != self.question[:-1])))


@dataclass(frozen=True, slots=True)
class Joined:
    """The candidates of several sets in one table.

    ``first`` is where each list begins, ``list_of`` the list of each candidate, ``importance`` what each list counts.
    """

    features: Array
    right: NDArray[np.bool_]
    first: NDArray[np.int64]
    list_of: NDArray[np.int64]
    importance: Array

    def chances(self, values: Array) -> tuple[Array, Array]:
        """Return the probability of each candidate by a softmax over its list, and the same among the right ones."""
        odds = np.exp(values - np.maximum.reduceat(values, self.first)[self.list_of])
        good = np.where(self.right, odds, 0)
        known = np.maximum(np.add.reduceat(good, self.first), 1e-300)
        return odds / np.add.reduceat(odds, self.first)[self.list_of], good / known[self.list_of]


def together(parts: Sequence[Lists]) -> Lists:
    """Return the lists of several collections as one set."""
    shifts = np.cumsum([0, *(part.asked for part in parts)])
    return Lists(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.question + shift for part, shift in zip(parts, shifts, strict=False)]),
        int(shifts[-1]),
    )


def joined(sets: Sequence[Lists]) -> Joined:
    """Join sets so that each counts by its weight and the root of its size; lists without a right candidate count 0."""
    largest = max(len(part.starts) for part in sets)
    starts, sizes, importance, offset = [], [], [], 0
    for part in sets:
        starts.append(part.starts + offset)
        sizes.append(np.diff(np.append(part.starts, len(part.question))))
        importance.append(np.full(len(part.starts), part.weight * (largest / len(part.starts)) ** 0.5))
        offset += len(part.question)
    first, size = np.concatenate(starts), np.concatenate(sizes)
    right = np.concatenate([part.right for part in sets])
    return Joined(
        features=np.concatenate([part.features for part in sets]),
        right=right,
        first=first,
        list_of=np.repeat(np.arange(len(first)), size),
        importance=np.concatenate(importance) * np.maximum.reduceat(right, first),
    )


def ranking_weights(sets: Sequence[Lists], *, penalty: float) -> Array:
    """Learn the weights of the features from sets that count alike.

    The loss of a question is -ln of the probability that a softmax over its candidates gives to the right ones (Cao et
    al., Learning to rank: from pairwise approach to listwise approach, 2007), with an L2 penalty on the weights of the
    standardised features.
    """
    lists = joined(sets)
    deviation = lists.features.std(axis=0, dtype=np.float64) + 1e-9
    table = ((lists.features - lists.features.mean(axis=0, dtype=np.float64)) / deviation).astype(np.float32)
    answerable = lists.importance > 0

    def objective(weights: Array) -> tuple[float, Array]:
        chance, wanted = lists.chances((table @ weights.astype(np.float32)).astype(np.float64))
        known = np.add.reduceat(np.where(lists.right, chance, 0), lists.first)
        loss = -float((lists.importance * np.log(np.maximum(known, 1e-300)))[answerable].sum())
        slope = (chance - wanted) * lists.importance[lists.list_of]
        return loss + penalty / 2 * float(weights @ weights), (slope.astype(np.float32) @ table).astype(
            np.float64
        ) + penalty * weights

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


def hits(lists: Lists, values: Array, *, questions: int) -> dict[str, float]:
    """Return Hit@1 and Hit@3 of a model's ``values`` over all ``questions``, those without candidates included."""
    bounds: list[Any] = [*lists.starts.tolist(), len(values)]
    first = third = 0
    for begin, end in pairwise(bounds):
        order = np.argsort(-values[begin:end], kind="stable")
        ranked = lists.right[begin:end][order]
        first += bool(ranked[0])
        third += bool(ranked[:3].any())
    return {"Hit@1": first / questions, "Hit@3": third / questions}
