"""Traditional Chinese characters, each with the simplified one that takes its place whatever stands beside it.

``make traditional`` writes them down as OpenCC knows them, so that no start has to load its dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def simplified() -> Mapping[str, str]:
    """Return the simplified characters by the traditional ones.

    >>> simplified()["機"], "机" in simplified()
    ('机', False)
    """
    traditional, others = files("retrieval").joinpath("simplified.txt").read_text("utf-8").split()
    return dict(zip(traditional, others, strict=True))
