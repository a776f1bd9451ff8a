"""Numbered parts of a text that a question names: 第二步 is the item 2., 2.2条 the clause 2.2."""

from __future__ import annotations

import re

from retrieval.language.enumeration import ordinal_value

_PART = re.compile(
    r"第(?P<ordinal>\d{1,3}|[一二三四五六七八九十]{1,3})个?(?:步骤?|条|点|项|款)(?!件)"
    r"|第?(?<![\d.])(?P<clause>\d{1,3}(?:\.\d{1,3})+)(?:条款?|款|节|项|点)"
)


def references(text: str) -> tuple[tuple[str, str], ...]:
    """Return the parts that a normalised question names, each with the number that stands before it in a text.

    >>> references("第二步做什么?"), references("2.2条规定了什么")
    ((('第二步', '2'),), (('2.2条', '2.2'),))
    """
    return tuple((match[0], match["clause"] or str(ordinal_value(match["ordinal"]))) for match in _PART.finditer(text))
