"""Excel workbooks as files: sheets, strings, styles and cells (SpreadsheetML, ECMA-376 part 1, 18)."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from retrieval.reading.office.format_codes import BUILT_IN
from retrieval.reading.office.number_formats import shown_number, shown_text
from retrieval.reading.office.package import Package, is_on, link_id
from retrieval.reading.tables.cells import EMPTY, Cell, cell_text

MOST_COLUMNS = 256
_MOST_MERGED = 1_000_000
_MOST_COVERED = 1_000
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|GETTING_DATA)$")
_PICTURE = re.compile(r"=?\s*(?:_xlfn\.)?(?:DISPIMG|IMAGE)\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, whether people see it, and the part that holds it."""

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell shows what it holds."""

    number_format: str = "General"
    struck: bool = False


@dataclass(slots=True)
class Table:
    """The rows of a sheet by number, and what was met on the way.

    ``hidden_columns`` and ``hidden_rows`` are numbers that begin at 1; ``last`` is the highest column that holds
    anything. ``links`` lead to the drawing of the sheet.
    """

    rows: dict[int, list[Cell]] = field(default_factory=dict)
    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    covered: set[int] = field(default_factory=set)  # rows that hold nothing but cells that reach into them from above
    last: int = 0
    uncalculated: int = 0
    errors: int = 0
    pictures: int = 0
    struck: int = 0
    cut: bool = False


class Workbook:
    """A workbook that can be read sheet by sheet."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = package.linked("", "officeDocument") or "xl/workbook.xml"
        root = package.root(self.part)
        if root is None:
            raise ValueError("no workbook is in it")
        links = {link.id: link for link in package.links(self.part)}
        self.sheets = [
            Sheet(element.get("name", ""), element.get("state", "visible") != "visible", links[link_id(element)].target)
            for element in root.iterfind("{*}sheets/{*}sheet")
            if link_id(element) in links and links[link_id(element)].kind == "worksheet"
        ]
        properties = root.find("{*}workbookPr")
        self.from_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        self.strings = list(self._strings(package.linked(self.part, "sharedStrings")))
        self.styles = _styles(package.related(self.part, "styles"))

    def _strings(self, part: str) -> Iterator[str]:
        yield from map(text_of, self.package.elements(part, "si") if part else ())

    def table(self, sheet: Sheet, *, most_rows: int) -> Table:
        """The cells of a sheet, as it shows them; merged ones in each of their places, up to so many rows."""
        table = Table()
        merged: list[str] = []
        number = 0
        for element in self.package.elements(sheet.part, "col", "row", "mergeCell"):
            kind = element.tag.rpartition("}")[2]
            if kind == "mergeCell":
                merged.append(element.get("ref", ""))
            elif kind == "col":
                if _is_hidden(element, "width"):
                    first, last = whole(element.get("min"), 1), whole(element.get("max"), 0)
                    table.hidden_columns.update(range(first, min(last, MOST_COLUMNS) + 1))
            else:
                number = whole(element.get("r"), number + 1)
                if _is_hidden(element, "ht"):
                    table.hidden_rows.add(number)
                row = self._row(element, table)
                if any(cell.text for cell in row):
                    if len(table.rows) >= most_rows:
                        table.cut = True
                        break
                    table.rows[number] = row
        _spread(table, merged)
        return table

    def _row(self, element: Any, table: Table) -> list[Cell]:
        row: list[Cell] = []
        column = 0
        for cell in element:
            if not cell.tag.endswith("}c"):
                continue
            place = cell.get("r", "").rstrip("0123456789")
            column = column_number(place) if place.isalpha() and place.isascii() and len(place) <= 3 else column + 1
            text = self._shown(cell, table)
            if not text:
                continue
            table.last = max(table.last, column)
            if column <= MOST_COLUMNS:
                row.extend([EMPTY] * (column - len(row)))
                row[column - 1] = Cell(text)
        return row

    def _shown(self, cell: Any, table: Table) -> str:
        """The cell as the sheet shows it; errors, pictures and struck-out text are counted and left out."""
        index = whole(cell.get("s"), 0)
        style = self.styles[index] if index < len(self.styles) else Style()
        text = cell_text(self._value(cell, style, table))
        if not text:
            return ""
        if text[0] in "#=_":
            error, picture = bool(_ERROR.match(text)), bool(_PICTURE.match(text))
            table.errors += error
            table.pictures += picture
            if error or picture:
                return ""
        if style.struck:
            table.struck += 1
            return ""
        return text

    def _value(self, cell: Any, style: Style, table: Table) -> str:
        kind, value, calculated = cell.get("t", "n"), "", False
        for child in cell:
            if child.tag.endswith("}v"):
                value = child.text or ""
            elif child.tag.endswith("}f"):
                calculated = True
            elif kind == "inlineStr" and child.tag.endswith("}is"):
                return shown_text(text_of(child), style.number_format)
        if not value:
            table.uncalculated += calculated and kind != "str"
            return ""
        match kind:
            case "s":
                index = whole(value, len(self.strings))
                return shown_text(self.strings[index], style.number_format) if index < len(self.strings) else ""
            case "b":
                return "是" if value.strip() in {"1", "true"} else "否"
            case "n" | "d":
                return self._figure(value, style.number_format, dated=kind == "d")
        return shown_text(_unescaped(value), style.number_format)

    def _figure(self, value: str, number_format: str, *, dated: bool) -> str:
        try:
            if dated:
                return _date(value, number_format)
            return shown_number(float(value), number_format, from_1904=self.from_1904)
        except (ValueError, OverflowError):
            return value


def column_name(column: int) -> str:
    """The letters of a column, the first being 1: ``A`` … ``Z``, ``AA`` …."""
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """Return the number of a column by its letters; the inverse of ``column_name``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _spread(table: Table, merged: list[str]) -> None:
    """Puts each merged cell into all of its places, as far as there are rows."""
    numbers = sorted(table.rows)
    left = _MOST_MERGED
    for reference in merged:
        first, _, last = reference.partition(":")
        start, end = REFERENCE.match(first), REFERENCE.match(last)
        if not (start and end):
            continue
        top, bottom = int(start[2]), int(end[2])
        first_column, last_column = column_number(start[1]), min(column_number(end[1]), MOST_COLUMNS)
        row = table.rows.get(top, [])
        cell = row[first_column - 1] if first_column <= len(row) else EMPTY
        if not cell.text:
            continue
        held = numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]
        reached = range(top, bottom + 1) if bottom - top <= _MOST_COVERED else held
        for number in reached:
            if number not in table.rows:
                table.covered.add(number)
                continue
            below = table.rows[number]
            below.extend([EMPTY] * (min(last_column, max(table.last, first_column)) - len(below)))
            for column in range(first_column - 1, min(last_column, len(below))):
                below[column] = cell
                left -= 1
            if left < 0:
                return


def _styles(root: Any) -> list[Style]:
    """The styles that cells refer to by their place."""
    if root is None:
        return []
    formats = dict(BUILT_IN)
    for element in root.iterfind("{*}numFmts/{*}numFmt"):
        formats[whole(element.get("numFmtId"), -1)] = element.get("formatCode", "General")
    fonts = [is_on(font, "strike") for font in root.iterfind("{*}fonts/{*}font")]
    styles: list[Style] = []
    for element in root.iterfind("{*}cellXfs/{*}xf"):
        font = whole(element.get("fontId"), len(fonts))
        number_format = formats.get(whole(element.get("numFmtId"), 0), "General")
        styles.append(Style(number_format, font < len(fonts) and fonts[font]))
    return styles


def text_of(element: Any) -> str:
    """The text of a string, without what is struck out and without the readings above the characters."""
    if element is None:
        return ""
    pieces: list[str] = []
    for child in element:
        kind = str(child.tag).rpartition("}")[2]
        if kind in {"t", "text"}:
            pieces.append(child.text or "")
        elif kind == "r" and not is_on(child.find("{*}rPr"), "strike"):
            pieces.append(child.findtext("{*}t") or "")
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _date(value: str, number_format: str) -> str:
    """A date that is written as one, and not as a number of days."""
    moment = dt.datetime.fromisoformat(value.rstrip("Z"))
    days = (moment.replace(tzinfo=None) - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    return shown_number(days, number_format if number_format != "General" else BUILT_IN[14])


def _is_hidden(element: Any, size: str) -> bool:
    return element.get("hidden") in {"1", "true"} or element.get(size) in {"0", "0.0"}


def whole(value: str | None, default: int) -> int:
    """Return an attribute that is a whole number; ``default`` for what is none."""
    return int(value) if value and value.isdecimal() and len(value) <= 9 else default
