"""Markdown, in all its dialects: parsed by markdown-it, and read as the elements that HTML made of it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from retrieval.reading.content import Content, Raw
from retrieval.reading.text.decoding import decode
from retrieval.reading.text.dialects import commonmark
from retrieval.reading.text.front_matter import split
from retrieval.reading.text.tokens import element_of
from retrieval.reading.web.boilerplate import prune
from retrieval.reading.web.layout import blocks_of
from retrieval.reading.wrapping import goes_on, is_cut, wrap_width

_DEEPEST = 100
_MOST_SIGNS = 2000
_MARK = re.compile(r"[\n\\`~*_\[<&]")
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
_PICTURE_SIZE = re.compile(r"\d{1,5}(?:x\d{1,5})?$")
_MARKED = re.compile(r"==(?=[^\s=])([^=\n]{1,500})(?<=\S)==")
_BLOCK_NAME = re.compile(r"(?:(?<=\s)|(?<=[。！？；：，）”」]))\^[A-Za-z][\w-]{0,40}$|\s\^[0-9a-f]{6}$")
_CALLOUT = re.compile(r"\[!([\w-]{1,30})\][+-]?[ \t]*")
# Icons, classes and marks of an edit, which are set among the text and show no word.
_DECORATION = re.compile(
    r":(?:material|fontawesome|octicons|simple)-[\w-]{1,60}: ?"
    r"|\{[:\s]{0,2}[.#][^{}\n]{1,80}\}|\{(?:\+\+|==|>>)|(?:\+\+|==|<<)\}"
)
_DIALECT = re.compile(r"\[\[|==|[:{}]")
"""What a text has that holds a link to a note, a mark or a decoration."""
_BOX = re.compile(r"\A\[([ xX])\]\s+")


def read(raw: Raw) -> Content:
    """Return the paragraphs of a Markdown file, with its headings and its front matter; ``.mdx`` is read as MDX."""
    decoded = decode(raw)
    metadata, body, remarks = split(decoded.text)
    mdx = PurePosixPath(raw.path).suffix.lower() == ".mdx"
    parser = _parser(mdx=mdx)
    tokens = parser.parse(commonmark(body, mdx=mdx))
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        remarks += (f"nested more than {_DEEPEST} deep: what lies deeper was left out",)
    tree = element_of(tokens, limits=raw.limits)
    if tree is None:
        from retrieval.reading.web.page import tree_of  # its parser takes a quarter of a second to load

        tree = tree_of(parser.renderer.render(tokens, parser.options, {}), raw)
    remarks = decoded.remarks + remarks + prune(tree, by_shape=False)
    blocks = blocks_of(tree)
    return Content(format="markdown", blocks=blocks, metadata=metadata, encoding=decoded.encoding, remarks=remarks)


@cache
def _parser(*, mdx: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    if mdx:  # components indent what they hold, so MDX has no code by indentation
        parser.disable("code")
    parser.use(deflist_plugin)
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.core.ruler.at("inline", _parse_inline)
    for rule in (_place_notes, _open_callouts, _keep_lines, _show_text):
        parser.core.ruler.push(rule.__name__, rule)
    return parser


def _parse_inline(state: StateCore) -> None:
    """Parses the running text where it has marks at all.

    Leaves paragraphs as they are that hold thousands of signs of links: finding which belong together takes long.
    """
    for token in state.tokens:
        if token.type != "inline":
            continue
        if not _MARK.search(token.content):
            token.children = [Token("text", "", 0, content=token.content)]
        elif sum(map(token.content.count, ("[", "~~", "<"))) > _MOST_SIGNS:
            token.type, token.content = "html_block", escape(token.content).replace("\n", "<br>")
        else:
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _place_notes(state: StateCore) -> None:
    """Puts each footnote behind the block that first refers to it, and leaves its sign out."""
    if "footnotes" not in state.env:
        return
    notes, rest = _notes(state.tokens)
    placed: list[Token] = []
    waiting: list[str] = []

    def place() -> None:
        for label in waiting:
            placed.extend(notes.pop(label, ()))
        waiting.clear()

    for token in rest:
        placed.append(token)
        if token.type == "inline":
            waiting += [child.meta["label"] for child in token.children or () if child.type == "footnote_ref"]
            token.children = [child for child in token.children or () if child.type != "footnote_ref"]
        elif waiting and token.type in {"paragraph_close", "heading_close", "table_close"}:
            place()
    place()
    for label in list(notes):
        placed.extend(notes.pop(label))
    state.tokens = placed


def _notes(tokens: Sequence[Token]) -> tuple[dict[str, list[Token]], list[Token]]:
    """The tokens of each footnote by its label, and the tokens without them."""
    notes: dict[str, list[Token]] = {}
    rest: list[Token] = []
    into = rest
    for token in tokens:
        if token.type == "footnote_reference_open":
            into = notes.setdefault(token.meta["label"], [])
        elif token.type == "footnote_reference_close":
            into = rest
        else:
            into.append(token)
    return notes, rest


def _open_callouts(state: StateCore) -> None:
    """Makes folds of the quotations that Obsidian and GitHub show as boxes (``> [!note] 标题``), and heads them."""
    placed: list[Token] = []
    open_quotes: list[bool] = []
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type == "blockquote_open":
            inline = tokens[index + 2] if index + 2 < len(tokens) else token
            callout = _CALLOUT.match(inline.content) if inline.type == "inline" else None
            open_quotes.append(callout is not None)
            if callout is None:
                placed.append(token)
            else:
                placed += _callout(state, inline, callout)
        elif token.type == "blockquote_close" and open_quotes.pop():
            placed.append(_html("</details>"))
        else:
            placed.append(token)
    state.tokens = placed


def _callout(state: StateCore, inline: Token, callout: re.Match[str]) -> list[Token]:
    title, _, text = inline.content[callout.end() :].partition("\n")
    inline.content = text
    inline.children = []
    state.md.inline.parse(text, state.md, state.env, inline.children)
    if not title.strip():
        return [_html("<details>")]
    children: list[Token] = []
    state.md.inline.parse(title, state.md, state.env, children)
    heading = Token("inline", "", 0, content=title, children=children)
    return [_html("<details><summary>"), heading, _html("</summary>")]


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


def _keep_lines(state: StateCore) -> None:
    """Keeps the line ends that the author meant; those of a hard-wrapped text become spaces as ever."""
    inlines = [token for token in state.tokens if token.type == "inline"]
    lines = [line for token in inlines if "\n" in token.content for line in [*token.content.split("\n"), ""]]
    columns = wrap_width(lines)
    for token in inlines:
        if "\n" not in token.content:
            continue
        shown = list(_lines(token.children or []))
        ends = (
            (columns is not None and goes_on(line, following, columns)) or is_cut(line, following)
            for line, following in pairwise(shown)
        )
        for child in token.children or ():
            if child.type in {"softbreak", "hardbreak"} and not next(ends, False) and child.type == "softbreak":
                child.type = "hardbreak"


def _lines(children: Sequence[Token]) -> Iterator[str]:
    """What is seen of each line of a paragraph."""
    pieces: list[str] = []
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            yield "".join(pieces).strip()
            pieces.clear()
        elif child.type != "html_inline":
            pieces.append(child.content)
    yield "".join(pieces).strip()


def _show_text(state: StateCore) -> None:
    """Rewrites the running text as its program shows it: links to notes, marks, names of blocks, boxes to tick."""
    in_item = False
    for token in state.tokens:
        if token.type == "inline":
            children = token.children or []
            texts = [child for child in children if child.type == "text"]
            for text in texts:
                if _DIALECT.search(text.content):
                    text.content = _MARKED.sub(r"\1", _WIKI_LINK.sub(_linked, _DECORATION.sub("", text.content)))
            if texts and texts[-1] is children[-1]:
                texts[-1].content = _BLOCK_NAME.sub("", texts[-1].content)
            if in_item and texts and texts[0] is children[0]:
                texts[0].content = _BOX.sub(_ticked, texts[0].content, count=1)
        in_item = token.type == "list_item_open" or (in_item and token.type == "paragraph_open")


def _linked(link: re.Match[str]) -> str:
    """What a link to another note shows; a note or picture that is set in shows nothing here."""
    embedded, name, shown = link.groups()
    if embedded:
        return ""
    return (shown or name.replace("#", " › ").strip(" ›")).rstrip("\\").strip()


def _ticked(box: re.Match[str]) -> str:
    return "☐ " if box[1] == " " else "☑ "
