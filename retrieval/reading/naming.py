"""What a file's name and folders say of it, where the document itself says nothing."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from retrieval.reading.dates import iso_date

_YEAR = r"(?<![\dvV.])(?:19|20)\d\d"
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"({_YEAR})[-_. ]({_MONTH})[-_. ]({_DAY})(?!\d)",
        rf"({_YEAR})\s?年\s?({_MONTH})\s?月\s?({_DAY})\s?日",
        rf"({_YEAR})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)",
        rf"({_YEAR})\s?年\s?({_MONTH})\s?月",
        rf"({_YEAR})[-_](0[1-9]|1[0-2])(?![\d-])",
        rf"({_YEAR})\s?年",
    )
)
_YEAR_ONLY = re.compile(rf"({_YEAR})$")
_EXPORT_NUMBER = re.compile(r" [0-9a-f]{32}$")  # which Notion appends to the name of every page
_POST_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d[-_ ](?=\S)")


def title_in(path: str) -> str:
    """Return the file's name without its suffix, and without what a program has added to it.

    >>> title_in("_posts/2021-03-04-春季通知.md")
    '春季通知'
    """
    return _POST_DATE.sub("", _EXPORT_NUMBER.sub("", PurePosixPath(path).stem), count=1)


def date_in(path: str) -> str | None:
    """Return the day, month or year that the file's name has, else one that is all of a folder's name; ISO 8601.

    >>> date_in("规定(2013-12-11).md"), date_in("2023年第5号.txt"), date_in("2024-03/要闻.md"), date_in("v2023.1.2.md")
    ('2013-12-11', '2023', '2024-03', None)
    """
    place = PurePosixPath(path)
    for pattern in _DATES:
        if found := pattern.search(_EXPORT_NUMBER.sub("", place.stem)):
            return iso_date("-".join(found.groups()))
    for folder in reversed(place.parts[:-1]):
        for pattern in (*_DATES, _YEAR_ONLY):
            if found := pattern.fullmatch(folder):
                return iso_date("-".join(found.groups()))
    return None
