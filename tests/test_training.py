"""The confidence is learned from cases, and its scale has the thresholds where the settings have them."""

from __future__ import annotations

import numpy as np
import pytest

from training.cases import ANSWERABLE, Cases
from training.confidence import Confidence, learn_confidence, report, scaled, thresholds, without_each
from training.workshop import Key


def drawn(seed: int, shift: float, count: int = 400) -> Cases:
    """Cases of one telling sign and one of noise: answerable questions have more of the first."""
    random = np.random.default_rng(seed)
    sorts = np.repeat(np.array([ANSWERABLE, "foreign"]), count)
    signs = random.normal(size=(2 * count, 2))
    signs[:count, 0] += 3
    return Cases(signs + np.array([shift, 0.0]), sorts, np.arange(2 * count), (sorts == ANSWERABLE).astype(np.int64))


@pytest.fixture
def tables() -> dict[Key, Cases]:
    return {("law", "a", "titled"): drawn(1, 0.0), ("chat", "b", "titled"): drawn(2, 0.0)}


def test_the_sign_that_tells_counts(tables: dict[Key, Cases]) -> None:
    telling, noise = learn_confidence(tables).weights
    assert telling > 10 * abs(noise)


def test_what_a_layout_hides_is_not_learned_from(tables: dict[Key, Cases]) -> None:
    whole = learn_confidence(tables)
    hidden = drawn(3, -9.0, count=50)
    hidden = Cases(hidden.signs, hidden.sorts, hidden.item, np.zeros_like(hidden.rank))
    extra = hidden.where(hidden.answerable)
    joined = {
        key: Cases(*(np.concatenate(pair) for pair in zip(_columns(table), _columns(extra), strict=True)))
        for key, table in tables.items()
    }
    np.testing.assert_allclose(learn_confidence(joined).weights, whole.weights)


def _columns(table: Cases) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.generic]], ...]:
    return table.signs, table.sorts, table.item, table.rank


def test_each_kind_is_judged_by_the_others(tables: dict[Key, Cases]) -> None:
    values = without_each(tables)
    law = learn_confidence({key: table for key, table in tables.items() if key[0] == "chat"})
    np.testing.assert_allclose(values["law"], law.values(tables["law", "a", "titled"]))


def test_the_thresholds_show_and_refuse_their_shares(tables: dict[Key, Cases]) -> None:
    values = without_each(tables)
    shown, sure = thresholds(tables, values)
    surely_wrong = []
    for (kind, _, _), table in tables.items():
        assert (values[kind][table.answerable] >= shown).mean() >= 0.9
        assert (values[kind][table.rank == 1] < shown).sum() <= 0.03 * table.answerable.sum()
        surely_wrong.append((values[kind][~table.answerable] >= sure).mean())
    assert max(surely_wrong) == pytest.approx(0.06, abs=0.01)


def test_the_scale_is_that_of_the_settings() -> None:
    learned = Confidence(np.array([2.0, -1.0]), 0.3)
    same = scaled(learned, -0.4, 1.1)
    signs = np.array([[-0.35, 0.0], [0.4, 0.0]])  # just shown, and just sure
    table = Cases(signs, np.array(["", ""]), np.arange(2), np.zeros(2, dtype=np.int64))
    np.testing.assert_allclose(learned.values(table), [-0.4, 1.1])
    np.testing.assert_allclose(1 / (1 + np.exp(-same.values(table))), [0.25, 0.5])


def test_the_report_has_a_row_for_each_kind_and_layout(
    tables: dict[Key, Cases], capsys: pytest.CaptureFixture[str]
) -> None:
    report(tables, without_each(tables), 0.0, 1.0)
    rows = capsys.readouterr().out.splitlines()
    assert [row.split("|")[1].strip() for row in rows[1:]] == ["law, titled", "chat, titled"]
