"""What Markdown's dialects add to CommonMark, rewritten as what CommonMark and HTML can say.

MDX, Obsidian, Notion, Hugo, VuePress and MkDocs write headings, boxes, tabs and comments in ways of their own. A box
(``::: tip 标题``, ``!!! note "标题"``, ``{{% notice %}}``) becomes ``<details>``, whose summary heads what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from retrieval.reading.text.components import without_components

_FENCE = re.compile(r"[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]{0,4}){0,6}(`{3,}|~{3,})")
_FENCE_LINE = re.compile(f"^{_FENCE.pattern}", re.MULTILINE)
_TIGHT_HEADING = re.compile(r"( {0,3}#{1,6})(?=[^\s#!\d/])|( {0,3}#{2,6})(?=\d)")
_TAGS_ONLY = re.compile(r"(?:#[^\s#]+/[^\s#]*|(?:#[^\s#]+\s+)+#[^\s#]+)\s*$")
_LOOSE_HEADING = re.compile(r" {0,3}#{1,6}\s")
_HEADING_END = re.compile(r"(?<=\S)[ \t]*\{[#.:][^{}\n]{0,80}\}[ \t]*$")
_ATTRIBUTE_LINE = re.compile(r"\s*\{:[^{}\n]{0,200}\}\s*$")
_CONTENTS = re.compile(r"\s*\[{1,2}toc\]{1,2}\s*$", re.IGNORECASE)
_MODULE = re.compile(r"(?:import|export)\b(?!\s*[\u3000-\uffff])")
_SIGN = re.compile(r"[:!?=\[{#]")
"""What every line has that is rewritten, outside of code."""
_PLAIN = re.compile(r"[^:!?=\[{#`~]*")
"""A line that is not rewritten, and neither begins nor ends code."""
_COLONS = re.compile(r"([ \t]*)(:{3,})[ \t]*(.*)$")
_ADMONITION = re.compile(r"([ \t]*)(?:!!!|\?\?\?\+?|===[!+]?)[ \t]+(\S.*)$")
_SHORTCODE = re.compile(r"\{\{[<%]([^{}]{0,400})[%>]\}\}|\{%[^{}%]{0,400}%\}")
_QUOTED = re.compile(r"\"([^\"]*)\"|“([^“”]{0,500})”")
_NAMED = re.compile(r"\b(title|header|heading|label|summary|name|caption|text)\s?=\s?(?:\"([^\"]*)\"|'([^']*)')")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_BARE_ROW = re.compile(r"[^|\s][^|\n]*(?: \| [^|\n]*[^|\s])+\s*$")
_NOTE_WITHIN = re.compile(r"(?<=[^\s\[])\^\[([^\[\]\n]{1,500})\]")
_RULE = re.compile(r"(?=[\s:|]*-)[\s:|-]+$")
_COLON = re.compile(r"^(?![ \t]*:::)([ \t>]*):([^ \t]|[ \t]*$)?", re.MULTILINE)
_ELEMENT = re.compile(r"[ \t]*<(/?)(details|ol|li|div|section|center|main|article|aside)\b")
# Kinds of shortcodes whose first words in quotation marks are a title.
_TITLED = re.compile(
    r"(?:notice|note|tip|tab|details|admonition|callout|alert|expand|collapse|hint|card|step|faq|q)\b", re.IGNORECASE
)
_INDENT = 4
_KIND = re.compile(r"[\w-]+")


def commonmark(text: str, *, mdx: bool) -> str:
    r"""Return the text as CommonMark and HTML. Fenced code stays as it is.

    >>> commonmark("##押金\n::: tip 注意\n带身份证。\n:::\n", mdx=False).split("\n\n")
    ['## 押金', '<details><summary>注意</summary>', '带身份证。', '</details>', '']
    """
    lines = "\n".join(part if is_code else _rewritten(part, mdx=mdx) for is_code, part in _parts(text)).split("\n")
    if mdx:
        lines = list(_outdented(_without_modules(lines)))
    return "\n".join(_Boxes().rewritten(lines))


def _rewritten(text: str, *, mdx: bool) -> str:
    """The text between fenced code without what only dialects have, and that is not told line by line."""
    text = _noted(without_components(_without_comments(text), all_tags=mdx))
    lines = text.split("\n")
    return "\n".join(_tables(_definitions(lines) if _COLON.search(text) else lines))


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """The text's parts: fenced code and what lies between, each with whether it is code."""
    fence, start = "", 0
    for found in _FENCE_LINE.finditer(text):
        end = text.find("\n", found.end())
        rest = text[found.end() : end] if end >= 0 else text[found.end() :]
        if not fence and "`" not in rest:
            yield False, text[start : max(start, found.start() - 1)]
            start, fence = found.start(), found[1]
        elif fence and found[1].startswith(fence) and not rest.strip():
            following = end + 1 if end >= 0 else len(text) + 1
            yield True, text[start : following - 1]
            start, fence = following, ""
    yield bool(fence), text[start:]


def _without_comments(text: str) -> str:
    """The text without ``{/* … */}`` and ``%% … %%``."""
    text = _without(text, "{/*", "*/}", everywhere=True)
    return _without(text, "%%", "%%", everywhere=False)


def _noted(text: str) -> str:
    """The text with its notes of the kind ``word^[note]`` as footnotes."""
    if "^[" not in text:
        return text
    notes: list[str] = []

    def note(found: re.Match[str]) -> str:
        notes.append(found[1])
        return f"[^within-{len(notes)}]"

    text = _NOTE_WITHIN.sub(note, text)
    return "".join([text, *(f"\n\n[^within-{number}]: {said}\n" for number, said in enumerate(notes, start=1))])


def _without(text: str, opening: str, closing: str, *, everywhere: bool) -> str:
    """The text without what stands between the marks; over several lines ``everywhere``, or from a line's start."""
    pieces: list[str] = []
    done = 0
    start = -1
    while (start := text.find(opening, max(done, start + 1))) >= 0:
        if not everywhere and start and text[start - 1].isascii() and text[start - 1].isalnum():
            continue
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        line_end = text.find("\n", start, end)
        if line_end >= 0 and not everywhere and start and text[start - 1] != "\n":
            start = line_end
            continue
        pieces.append(text[done:start])
        done = end + len(closing)
    pieces.append(text[done:])
    return "".join(pieces)


def _without_modules(lines: list[str]) -> Iterator[str]:
    """The lines without statements of a module, ``import`` and ``export``, which end where their braces close."""
    open_braces = 0
    inside = False
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if found and (not fence or found[1].startswith(fence)):
            fence = "" if fence else found[1]
        begins = not fence and not inside and bool(_MODULE.match(line))
        if not (begins or inside):
            yield line
            continue
        open_braces += sum(map(line.count, "{([")) - sum(map(line.count, "})]"))
        inside = open_braces > 0 or (not line.rstrip().endswith(";") and bool(line.strip()) and not begins)
        if not inside:
            open_braces = 0


def _outdented(lines: Iterable[str]) -> Iterator[str]:
    """The lines, what components hold as far to the left as their tags stand: in MDX its indent means nothing."""
    open_elements: list[tuple[int, int | None]] = []  # the indent of each tag, and how far what it holds is set in
    shift = 0  # of all of them together
    fence = ""
    for line in lines:
        if not line.strip():
            yield line
            continue
        depth = _depth(line)
        if open_elements and open_elements[-1][1] is None:
            indent = open_elements[-1][0]
            open_elements[-1] = (indent, max(0, depth - indent))
            shift += max(0, depth - indent)
        found = _FENCE.match(line)
        if found and (not fence or found[1].startswith(fence)):
            fence = "" if fence else found[1]
        element = None if fence or found else _ELEMENT.match(line)
        if element and element[1] and open_elements:
            shift -= open_elements.pop()[1] or 0
        yield _dedented(line, shift) if shift else line
        if element and not element[1] and f"</{element[2]}>" not in line:
            open_elements.append((depth, None))


def _definitions(lines: Sequence[str]) -> Iterator[str]:
    """The lines; those that the parser would take for definitions, and nobody means so, with an invisible mark.

    A definition has a space behind its colon, and stands below a line by itself or another definition, with no more
    than one blank line between. A word joiner keeps others as they are shown, and is left out with all that show
    nothing.
    """
    filled = [bool(line.strip(" \t>")) for line in lines]
    for number, line in enumerate(lines):
        shown = line
        if found := _COLON.match(line):
            term = number - 1 if number and filled[number - 1] else number - 2
            alone = term == 0 or (term > 0 and (not filled[term - 1] or bool(_COLON.match(lines[term]))))
            if found[2] or not alone or not filled[term]:
                shown = f"{found[1]}\u2060{line[found.end(1) :]}"
        yield shown


def _tables(lines: Iterable[str]) -> Iterator[str]:
    """The lines, with the rule that makes a table below the first of several rows that have none."""
    for fewest, run in groupby(lines, key=_rows_needed):
        rows = list(run)
        if 0 < fewest <= len(rows) and not any(map(_RULE.match, rows)) and len({row.count("|") for row in rows}) == 1:
            indent = rows[0][: len(rows[0]) - len(rows[0].lstrip())]
            rows.insert(1, indent + "|".join(["---"] * len(rows[0].strip(" |").split("|"))))
        yield from rows


def _rows_needed(line: str) -> int:
    """How many lines like this one are a table: fewer where they begin and end with a stroke; 0 for no row of one."""
    if "|" not in line:
        return 0
    return 2 if _ROW.match(line) else 3 if _BARE_ROW.match(line) else 0


class _Boxes:
    """Rewrites headings and boxes line by line; boxes are closed in the order in which they were opened."""

    def __init__(self) -> None:
        self.colons: list[int] = []
        self.indents: list[int] = []
        self.fence = ""

    def rewritten(self, lines: Sequence[str]) -> Iterator[str]:
        """The lines as CommonMark."""
        tight = not any(map(_LOOSE_HEADING.match, lines))
        for line in lines:
            if not self.indents and _PLAIN.fullmatch(line):
                yield line
            else:
                yield from self._rewritten(line, tight=tight)
        for _ in range(len(self.colons) + len(self.indents)):
            yield from _closed()

    def _rewritten(self, line: str, *, tight: bool) -> Iterator[str]:
        if line.strip():
            while self.indents and _depth(line) < self.indents[-1]:
                self.indents.pop()
                yield from _closed()
        if self.indents:
            line = _dedented(line, _INDENT * len(self.indents))
        found = _FENCE.match(line)
        if found and (not self.fence or found[1].startswith(self.fence)):
            self.fence = "" if self.fence else found[1]
        if self.fence or found or not _SIGN.search(line):
            yield line
        elif box := _COLONS.match(line):
            yield from self._colons(box)
        elif box := _ADMONITION.match(line):
            self.indents.append(_depth(line) + _INDENT * (len(self.indents) + 1))
            yield from _opened(box[1], _title(box[2]))
        elif not _CONTENTS.match(line) and not _ATTRIBUTE_LINE.match(line):
            yield _heading(_SHORTCODE.sub(_shortcode, line), tight=tight)

    def _colons(self, box: re.Match[str]) -> Iterator[str]:
        indent, mark, words = box.groups()
        words = words.rstrip(": ")
        if words:
            self.colons.append(len(mark))
            yield from _opened(indent, _title(words))
        elif self.colons:
            self.colons.pop()
            yield from _closed(indent)


def _opened(indent: str, title: str) -> list[str]:
    summary = f"<summary>{escape(title)}</summary>" if title else ""
    return ["", f"{indent}<details>{summary}", ""]


def _closed(indent: str = "") -> list[str]:
    return ["", f"{indent}</details>", ""]


def _title(words: str) -> str:
    """What a box is called: what stands in quotation marks, or behind its kind (``tip 标题``, ``note[标题]``)."""
    if quoted := _NAMED.search(words):
        return quoted[2] or quoted[3] or ""
    if quoted := _QUOTED.search(words):
        return quoted[1] or quoted[2] or ""
    kind = _KIND.match(words)
    rest = words[kind.end() :] if kind and kind[0].isascii() else words
    return rest.partition("{")[0].strip(" []\t")


def _shortcode(found: re.Match[str]) -> str:
    """What is shown of a shortcode besides what it holds: its title, on a line of its own or within one."""
    line = found.string
    alone = not line[: found.start()].strip() and not line[found.end() :].strip()
    words = found[1]
    if words is None:
        return "" if alone else found[0]
    words = words.strip()
    empty = words.endswith("/")
    titled = _NAMED.search(words) or (_TITLED.match(words) and _QUOTED.search(words))
    title = _title(words) if titled and not words.startswith("/") else ""
    if alone and title and not empty:
        return f"**{escape(title)}**\n"
    return escape(title) if alone or empty else ""


def _heading(line: str, *, tight: bool) -> str:
    """The line; a heading with the space that CommonMark wants behind its sign, and without its anchor."""
    found = _TIGHT_HEADING.match(line)
    if found and (tight or found[0].strip() != "#") and not _TAGS_ONLY.match(line):
        line = f"{found[0]} {line[found.end() :]}"
    return _HEADING_END.sub("", line) if line.lstrip().startswith("#") else line


def _depth(line: str) -> int:
    line = line.expandtabs(_INDENT)
    return len(line) - len(line.lstrip(" "))


def _dedented(line: str, columns: int) -> str:
    line = line.expandtabs(_INDENT)
    return line[min(columns, _depth(line)) :]
