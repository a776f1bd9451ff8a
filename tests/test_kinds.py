"""What the patterns of the kinds look ahead to saves time, and changes nothing that they find."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from retrieval.question.kinds import Kind, kinds

_AHEAD = re.compile(
    r"\(\?=\[\^([^\]]*)\]\{0,\d\}\+\[\1\]\)"  # a character that must come soon
    r"|\(\?=\[公西前民<digit>\]\|\[[^\]]*\]\{2\}\[[^\]]*\]\)"  # the beginning of a date
)
_WRITTEN = files("retrieval.question").joinpath("kinds.toml").read_text("utf-8")
PIECES = sorted({*re.findall(r"[\u4e00-\u9fff]+", _WRITTEN), *"半盆平高机车公年月日时点世元"})
"""Whatever Chinese stands in the patterns, single characters and words."""


def without(sources: Any) -> Any:
    """The sources of a kind without what looks ahead."""
    if isinstance(sources, str):
        return _AHEAD.sub("", sources)
    if isinstance(sources, dict):
        return {key: without(value) for key, value in sources.items() if key != "begins"}
    return [without(one) for one in sources]


def patterns(kind: Kind) -> Iterator[re.Pattern[str]]:
    yield from (pattern for pattern in (kind.answers, *kind.spans, *kind.loose) if pattern is not None)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_looking_ahead_changes_nothing(kind: Kind) -> None:
    text = "\n".join(f"{piece}三某某{piece}1998年{piece},a{piece}" for piece in PIECES if len(piece) < 40)
    for quick, plain in zip(
        patterns(kind), patterns(Kind(kind.name, without(kind.sources), kind.vocabulary)), strict=True
    ):
        assert [one.span() for one in quick.finditer(text)] == [one.span() for one in plain.finditer(text)]
