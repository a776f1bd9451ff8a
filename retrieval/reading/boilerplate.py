"""What surrounds the text of a page: found by element, name and shape, never by its words, and taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from retrieval.reading.elements import BLOCKS, TEXTLESS, walk

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
_SURROUNDING = frozenset(["nav", "footer", "aside", "menu"])
_ROLES = frozenset(
    [
        "navigation",
        "banner",
        "contentinfo",
        "search",
        "complementary",
        "dialog",
        "alertdialog",
        "menu",
        "menubar",
        "toolbar",
    ]
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SENTENCE = re.compile(r"[。！？；]|，.*，|[.!?](?:\s|$)")
_LEGAL = re.compile(r"©|ICP[备備证證]|公网安备|all rights reserved", re.IGNORECASE)
_LONGEST_LEGAL = 300
_NEVER = frozenset(["html", "body", "main", "article"])
_LINK_BLOCKS = frozenset(["ul", "ol", "dl", "div", "section", "p", "table", "center", "header"])

_NAMED, _LINKS, _NOTICE = "navigation and page furniture", "link lists", "legal notices"


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


@dataclass(slots=True)
class _Pruning:
    """One pruning of one page: weighs everything, then marks what goes."""

    by_shape: bool
    weights: dict[int, _Weight] = field(default_factory=dict)
    doomed: list[LexborNode] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    prose_seen: int = 0
    total: _Weight = field(default_factory=_Weight)

    def mark(self, node: LexborNode) -> bool:
        """Marks the node if it goes, and says whether to look inside."""
        if node.is_text_node:
            self.prose_seen += self.weights[node.mem_id].prose
            return False
        weight = self.weights[node.mem_id]
        reason = self._reason(node, weight)
        if reason is None:
            return True
        self.doomed.append(node)
        self.prose_seen += weight.prose
        if weight.text:
            self.left_out[reason] = self.left_out.get(reason, 0) + weight.text
        return False

    def _reason(self, node: LexborNode, weight: _Weight) -> str | None:
        tag = node.tag or ""
        if tag not in BLOCKS:
            return _NAMED if tag == "sup" and "reference" in (node.attributes.get("class") or "") else None
        if tag in _NEVER:
            return None
        attributes = node.attributes
        words = _words(attributes)
        if not weight.article and any(map(_COMMENTS.fullmatch, words)):
            return _NAMED
        named = tag in _SURROUNDING or attributes.get("role") in _ROLES or any(map(_NAME.fullmatch, words))
        if named and not weight.article and weight.prose <= 0.4 * self.total.prose:
            return _NAMED
        if not self.by_shape:
            return None
        at_end = self.prose_seen + weight.prose >= self.total.prose
        if at_end and weight.legal and weight.text <= _LONGEST_LEGAL and tag not in {"table", "section"}:
            return _NOTICE
        at_edge = self.prose_seen == 0 or self.prose_seen >= self.total.prose
        if at_edge and tag in _LINK_BLOCKS and weight.links >= 3 and weight.linked >= 0.8 * weight.text:
            return _LINKS
        return None


def prune(root: LexborNode, *, by_shape: bool) -> tuple[str, ...]:
    """Takes out of the tree what is not the page's text, and says how much of it was left out.

    By element (scripts, form controls, ``nav``, ``footer``), by ``hidden`` and ``role``; by the words of ``class`` and ``id``
    (share, related, comments, …), unless the block holds the article or much of the page's sentences; and ``by_shape``:
    blocks of nothing but links before the first or after the last sentence, and the legal notice at the end.
    """
    _remove_textless(root)
    pruning = _Pruning(by_shape)
    _weigh(root, pruning.weights)
    pruning.total = pruning.weights[root.mem_id]
    walk(root, pruning.mark)
    for node in pruning.doomed:
        node.decompose()
    return tuple(f"left out {count:,} characters of {reason}" for reason, count in pruning.left_out.items())


def _remove_textless(root: LexborNode) -> None:
    doomed: list[LexborNode] = []

    def enter(node: LexborNode) -> bool:
        if node.is_text_node:
            return False
        if node.mem_id != root.mem_id and (not node.is_element_node or node.tag in TEXTLESS or _is_hidden(node)):
            doomed.append(node)
            return False
        return True

    walk(root, enter)
    for node in doomed:
        node.decompose()


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(attributes.get("style") or ""))
    )


def _weigh(root: LexborNode, weights: dict[int, _Weight]) -> None:
    links_open = 0
    path: list[_Weight] = []

    def enter(node: LexborNode) -> bool:
        nonlocal links_open
        weight = weights[node.mem_id] = _Weight()
        if node.is_text_node:
            text = " ".join((node.text_content or "").split())
            weight.text = len(text)
            weight.linked = len(text) if links_open else 0
            weight.prose = len(text) if not links_open and _SENTENCE.search(text) else 0
            weight.legal = bool(_LEGAL.search(text))
        elif node.tag == "a":
            links_open += 1
            weight.links = 1
        weight.article = node.tag in {"article", "main", "h1"}
        path.append(weight)
        return True

    def leave(node: LexborNode) -> None:
        nonlocal links_open
        weight = path.pop()
        if node.tag == "a":
            links_open -= 1
        if path:
            path[-1].add(weight)

    walk(root, enter, leave)


def _words(attributes: dict[str, str | None]) -> list[str]:
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return [word.lower() for word in _WORD.findall(names)]
