"""What surrounds the text of a page: found by element, name and shape, never by its words, and taken out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from retrieval.reading.web.elements import BLOCKS, TEXTLESS, Element, Node, Text, walk
from retrieval.simplified import in_both_scripts

# Words of class and id names, whole. Each says what a block is for; pinyin is common on Chinese sites.
_NAME = re.compile(
    r"qr(?:code)?s?|erweima|ewm|(?:bd|b|sns|news|social)?shar(?:e|es|ing)(?:bar|box|button\w*|tool\w*)?|jiathis|fenxiang|"
    r"social|sns|related?|relevant|xiangguan|xgxw|recommend\w*|tuijian|hotnews|hotlist|ranking|ranklist|"
    r"copyrights?|banquan|footers?|foot|nav|navs|navi|navbar|navbox|navigation|daohang|breadcrumbs?|crumbs?|mbx|"
    r"sidebar|menus?|ads?|adv|adbox|advert\w*|guanggao|sponsor\w*|promo\w*|toolbar|pager|pagination|paging|"
    r"subscribe|newsletter|login|signin|popup|modal|cookies?|toc|searchbox|searchbar|editsection|catlinks|printfooter|noprint"
)
_COMMENTS = re.compile(r"comments?|commentlist|pinglun|disqus|gitment|giscus|utterances")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MARKS = frozenset({"reference", "editsection"})  # of wikis, within the text
_SURROUNDING = frozenset(["nav", "footer", "aside", "menu"])
_ROLES = frozenset((
    "navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog", "menu", "menubar",
    "toolbar",
))  # fmt: skip
# Of what a page folds away until somebody opens it: the answers of an accordion, the panels of tabs, the whole text.
_PANEL = re.compile(
    r"answers?|ans|panels?|panes?|collaps\w*|accordion\w*|tabs?|tab(?:content|panel|pane)|content|contents|con|cont|"
    r"details?|faqs?|toggle\w*|expand\w*|fold\w*|dropdown|drop|body|text|txt|desc\w*|more|info|article|neirong|zhankai"
)
_HEADED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "label", "b", "strong"})
_HEAD_NAME = re.compile(r"titles?|heads?|header|heading|questions?|trigger|toggle|tit|biaoti|wenti")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:left|top|text-indent)\s*:\s*-\d{3,5}(?:px|em)", re.IGNORECASE
)
_SENTENCE = re.compile(r"[。！？；]|，.*，|[.!?](?:\s|$)")
_LEGAL = re.compile(in_both_scripts(r"©|ICP[备证]\s?(?:字第)?\s?\d|公网安备\s?\d|all rights reserved"), re.IGNORECASE)
_LONGEST_LEGAL = 300
_MOST_PROSE = 0.4  # a block with a larger share of the sentences is the text, whatever its name
_NEVER = frozenset(["[document]", "html", "body", "main", "article"])
_LINK_BLOCKS = frozenset(["ul", "ol", "dl", "div", "section", "p", "table", "center", "header"])

_TELLING = frozenset({"class", "id", "hidden", "aria-hidden", "style", "role"})
_STRUCK_OUT = frozenset({"del", "s", "strike"})

_FURNITURE, _UNSEEN = "navigation and page furniture", "hidden text"
_STRUCK = "struck-out text"
_LINKS, _NOTICE = "link lists", "legal notices"


@dataclass(slots=True)
class _Weight:
    """What an element holds: characters in all, in links and in sentences; the number of links; the article itself."""

    text: int = 0
    linked: int = 0
    prose: int = 0
    links: int = 0
    article: bool = False
    legal: bool = False

    def add(self, other: _Weight) -> None:
        self.text += other.text
        self.linked += other.linked
        self.prose += other.prose
        self.links += other.links
        self.article = self.article or other.article
        self.legal = self.legal or other.legal


class _Pruning:
    """One walk over one page: weighs everything, then takes out what the judge gives a reason for."""

    def __init__(self, root: Element, judge: Callable[[_Pruning, Element, _Weight], str | None]) -> None:
        self.judge = judge
        self.weights: dict[int, _Weight] = {}
        self.doomed: list[Element] = []
        self.latest: dict[int, Element] = {}  # the last element that has been seen within each
        self.before: Element | None = None  # the one before the element that is judged
        self.left_out = Counter[str]()
        self.prose_seen = 0
        _weigh(root, self.weights)
        self.total = self.weights[id(root)]
        walk(root, self._mark)
        gone = set(map(id, self.doomed))
        for parent in {id(node.parent): node.parent for node in self.doomed}.values():
            if parent is not None:
                parent.contents = [node for node in parent.contents if id(node) not in gone]

    def _mark(self, node: Node) -> bool:
        weight = self.weights[id(node)]
        if isinstance(node, Text):
            self.prose_seen += weight.prose
            return False
        self.before = self.latest.get(id(node.parent))
        self.latest[id(node.parent)] = node
        reason = None if node.name in _NEVER else self.judge(self, node, weight)
        if reason is None:
            return True
        self.doomed.append(node)
        self.prose_seen += weight.prose
        self.left_out[reason] += weight.text
        return False


def _by_name(page: _Pruning, node: Element, weight: _Weight) -> str | None:
    """Whether the element says of itself that it is not the page's text."""
    attributes, tag = node.attributes, node.name
    words = _words(attributes)
    if tag in _STRUCK_OUT:
        return _STRUCK
    if tag not in BLOCKS:
        return _FURNITURE if _MARKS & set(words) else _UNSEEN if _is_hidden(attributes) else None
    if weight.article:
        return None
    named = tag in _SURROUNDING or attributes.get("role") in _ROLES or any(map(_NAME.fullmatch, words))
    if _is_hidden(attributes) and (
        named or not (_is_most(page, weight) or _is_panel(attributes, words, before=page.before))
    ):
        return _UNSEEN
    comments = any(map(_COMMENTS.fullmatch, words))
    return _FURNITURE if comments or (named and weight.prose <= _MOST_PROSE * page.total.prose) else None


def _is_most(page: _Pruning, weight: _Weight) -> bool:
    """Whether the element holds so much of the page's sentences, or of its words, that it is the page's text."""
    return weight.prose > _MOST_PROSE * page.total.prose or weight.text > _MOST_PROSE * page.total.text


def _is_panel(attributes: Mapping[str, str], words: list[str], *, before: Element | None) -> bool:
    """Whether what is hidden is shown to whoever opens it: it is named so, or stands right below what heads it."""
    if attributes.get("role") == "tabpanel" or "aria-labelledby" in attributes or any(map(_PANEL.fullmatch, words)):
        return True
    return before is not None and (before.name in _HEADED or any(map(_HEAD_NAME.fullmatch, _words(before.attributes))))


def _by_shape(page: _Pruning, node: Element, weight: _Weight) -> str | None:
    """Whether the element is a list of links, or the legal notice, at the edge of the page's sentences."""
    at_end = page.prose_seen + weight.prose >= page.total.prose
    if at_end and weight.legal and weight.text <= _LONGEST_LEGAL and node.name not in {"table", "section"}:
        return _NOTICE
    at_edge = page.prose_seen == 0 or page.prose_seen >= page.total.prose
    if at_edge and node.name in _LINK_BLOCKS and weight.links >= 3 and weight.linked >= 0.8 * weight.text:
        return _LINKS
    return None


def prune(root: Element, *, by_shape: bool) -> tuple[str, ...]:
    """Takes out of the tree what is not the page's text, and says how much of it was left out.

    By element (scripts, form controls, ``nav``, ``footer``), by ``hidden`` and ``role``; by the words of ``class`` and
    ``id`` (share, related, comments, …), unless the block holds the article or much of the page's sentences; and then
    ``by_shape``: blocks of nothing but links before the first or after the last sentence, and the legal notice at the
    end.
    """
    left_out = Counter[str]()
    if _remove_textless(root):
        left_out += _Pruning(root, _by_name).left_out
    if by_shape:
        left_out += _Pruning(root, _by_shape).left_out
    return tuple(f"left out {count:,} characters of {reason}" for reason, count in left_out.items() if count)


def _remove_textless(root: Element) -> bool:
    """Takes out what has no text of the page; returns whether anything is left that names or hides itself."""
    told = False
    kept = [root]
    for parent in kept:  # which grows meanwhile
        gone: set[Node] = set()
        for node in parent.contents:
            if isinstance(node, Text):
                continue
            if node.name == "button" and _opens_a_panel(node):
                node.name = "b"
            elif node.name in TEXTLESS:
                gone.add(node)
                continue
            else:
                told = told or _tells(node)
            kept.append(node)
        if gone:
            parent.contents = [node for node in parent.contents if node not in gone]
    return told


def _tells(node: Element) -> bool:
    """Whether the element says of itself what it is for: most pages made from Markdown have none that does."""
    if node.name in _SURROUNDING or node.name in _STRUCK_OUT:
        return True
    return bool(node.attributes) and node.name != "code" and not _TELLING.isdisjoint(node.attributes)


def _opens_a_panel(button: Element) -> bool:
    """Whether the button is the heading of an accordion's panel, and no tab and no switch of a menu."""
    attributes = button.attributes
    if attributes.get("role") == "tab" or "tab" in attributes.get("data-bs-toggle", attributes.get("data-toggle", "")):
        return False
    if button.parent is not None and button.parent.name in _HEADED:
        return True
    says_so = {"aria-controls", "aria-expanded", "data-target", "data-bs-target"} & attributes.keys()
    return bool(says_so) and not {"nav", "navbar", "menu", "menubtn"} & set(_words(attributes))


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(attributes.get("style", "")))
    )


def _weigh(root: Element, weights: dict[int, _Weight]) -> None:
    links_open = 0
    path: list[_Weight] = []

    def enter(node: Node) -> bool:
        nonlocal links_open
        weight = weights[id(node)] = _Weight()
        if isinstance(node, Text):
            text = " ".join(node.split())
            weight.text = len(text)
            weight.linked = len(text) if links_open else 0
            weight.prose = len(text) if not links_open and _SENTENCE.search(text) else 0
            weight.legal = bool(_LEGAL.search(text))
            path[-1].add(weight)
            return False
        if node.name == "a":
            links_open += 1
            weight.links = 1
        weight.article = node.name in {"article", "main", "h1"}
        path.append(weight)
        return True

    def leave(node: Element) -> None:
        nonlocal links_open
        weight = path.pop()
        if node.name == "a":
            links_open -= 1
        if path:
            path[-1].add(weight)

    walk(root, enter, leave)


def _words(attributes: Mapping[str, str]) -> list[str]:
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return [word.lower() for word in _WORD.findall(names)]
