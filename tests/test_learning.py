"""The learners find what was put in, and the same seed gives the same weights."""

from __future__ import annotations

import numpy as np

from training.learning import Lists, confidence_weights, hits, joined, minimum, ranking_weights, together


def drawn(seed: int, questions: int = 200) -> Lists:
    """Questions of five candidates, of which the one with the highest first feature is right; the second is noise."""
    random = np.random.default_rng(seed)
    features = random.normal(size=(questions * 5, 2))
    right = np.zeros(questions * 5, dtype=bool)
    right[np.arange(questions) * 5 + features[:, 0].reshape(-1, 5).argmax(axis=1)] = True
    return Lists(features, right, np.repeat(np.arange(questions), 5), questions)


def test_the_minimum_of_a_bowl() -> None:
    at = np.array([1.0, -2.0, 3.0])
    found = minimum(lambda x: (float(((x - at) ** 2).sum()), 2 * (x - at)), np.zeros(3))
    np.testing.assert_allclose(found, at, atol=1e-4)


def test_ranking_learns_the_feature_that_tells() -> None:
    telling, noise = ranking_weights([drawn(1)], penalty=1.0)
    assert telling > 10 * abs(noise)


def test_what_was_learned_holds_on_other_questions() -> None:
    other = drawn(2)
    assert hits(other, other.features @ ranking_weights([drawn(1)], penalty=1.0), questions=200)["Hit@1"] > 0.95


def test_a_set_counts_by_the_root_of_its_size() -> None:
    lists = joined([drawn(1, questions=10), drawn(2, questions=40)])
    assert 2 * lists.importance[:10].sum() == lists.importance[10:].sum()


def test_the_questions_of_two_sets_are_told_apart_when_they_become_one() -> None:
    whole = together([drawn(1, questions=2), drawn(2, questions=3)])
    assert (whole.asked, whole.starts.tolist()) == (5, [0, 5, 10, 15, 20])


def test_a_list_without_a_right_candidate_does_not_count() -> None:
    part = drawn(1, questions=3)
    part.right[5:10] = False
    assert joined([part]).importance.tolist() == [1, 0, 1]


def test_chances_of_a_list_sum_to_one() -> None:
    chance, wanted = joined([drawn(1, questions=2)]).chances(np.arange(10.0))
    np.testing.assert_allclose(chance.reshape(2, 5).sum(axis=1), 1)
    np.testing.assert_allclose(wanted.reshape(2, 5).sum(axis=1), 1)


def test_the_same_sets_give_the_same_weights() -> None:
    np.testing.assert_array_equal(ranking_weights([drawn(1)], penalty=1.0), ranking_weights([drawn(1)], penalty=1.0))


def test_questions_without_candidates_count_as_wrong() -> None:
    assert hits(drawn(1), drawn(1).features[:, 0], questions=400) == {"Hit@1": 0.5, "Hit@3": 0.5}


def test_confidence_is_calibrated() -> None:
    random = np.random.default_rng(1)
    sign = random.normal(size=(20_000, 1))
    answerable = (random.random(20_000) < 1 / (1 + np.exp(-2 * sign[:, 0] - 0.5))).astype(float)
    weights, bias = confidence_weights(sign, answerable, np.ones(20_000), penalty=1.0)
    np.testing.assert_allclose([*weights, bias], [2.0, 0.5], atol=0.1)
