"""What a conversation is about: a name that carries over from turn to turn, until another is named. Pure.

Names are what the documents themselves call things: their titles, and headings that stand in a single document. A
question that names nothing (门票多少钱？), or only points (它在哪里？), is asked about the name before it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from retrieval.language import Tokenizer, folded, normalise
from retrieval.language.classifiers import CLASSIFIERS
from retrieval.language.function_words import FUNCTION_WORDS
from retrieval.question.framing import framed
from retrieval.question.kinds import NONE, ask
from retrieval.records import Found

LONGEST = 80
"""Characters of a question that may be about the subject of those before it; who writes more has told everything."""

_NOTE = re.compile(r"[(（][^()（）]*[)）]$")
_NAMING = ("n", "j", "l", "i", "x")  # parts of speech that a name of a single word may have
_PERSON = r"(?<![吉其排])(?:它|他|她|牠|祂)(?!人|日|们|國|国|山|杀)"
_PLACE = r"这里|这儿|那里|那儿|此地|此处"
_THING = (
    rf"(?:这|那|该|此)(?!关于)(?:[{CLASSIFIERS}种些](?=[\u4e00-\u9fff])|(?=[歌片剧书人馆园寺]))"
    r"|(?<![尤极])其(?![他它她实中余次间乐])"
)
_REFERENCE = re.compile(
    rf"(?P<person>{_PERSON})|(?P<before>{_PLACE}|{_THING})|"
    r"\b(?P<whose>its|his|their)\b|(?P<who>\b(?:it|he|she|they)\b)"
)
_CLAUSE_END = re.compile(r"[。!;…\n]+|(?<!\d)[.,]|[.,](?!\d)")
_CALLED = re.compile(r"《([^《》]{2,40})》")
"""A title that is marked as one, whether the documents have it or not."""
_CLAUSE = re.compile(r"[,;。!?…\n]|:(?!\d)")
_PARTICLES = " 《》「」『』【】“”()的了吗呢吧啊呀哦哈嘛~"
_COPULAS = frozenset({"是", "为", "叫", "有", "在", "由", "属于"})
_LEAD = re.compile(r"(?:那么?|不过|对了|还有|以及|另外|然后|所以|而且)(?=[^,，]{2})")
_OWNER = re.compile(r"[你您]们|贵(?=[司校店馆院行所公单])")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a text asks in full, in a conversation that is about ``subject`` unless the question names another.

    ``more`` asks for further answers to the same question; the question is empty where there is none. It is
    ``carried`` over where the text itself shows no sign of following up. ``said`` is the sentence that answered it.
    """

    question: str
    subject: str = ""
    more: bool = False
    carried: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Mentions:
    """The names in a text, in order; those ``aside`` it is not about: one of a list, or what only describes another.

    ``points`` tells that the text points at something else: 它离故宫多远, not 故宫这个地方.
    """

    names: tuple[str, ...] = ()
    aside: frozenset[str] = frozenset()
    points: bool = False

    def subject(self, before: str) -> str:
        """Return what a conversation is about after this text: still what it was, or what is named now.

        >>> both = Mentions(("天坛", "故宫"))
        >>> both.subject("故宫"), both.subject(""), Mentions().subject("故宫")
        ('故宫', '天坛', '故宫')
        """
        if before and before in self.names:
            return before
        named = [name for name in self.names if name not in self.aside]
        return (named or [before])[0] or next(iter(self.names), "")


def mentions(text: str, found: Found, tokenizer: Tokenizer) -> Mentions:
    """Return what a normalised text names, of what the documents found for it call things."""
    places: dict[str, int] = {}
    called = {match[1]: match.start(1) for match in _CALLED.finditer(text)}
    for name in _names(found):
        normal = folded(name)
        place = text.find(normal)
        if place >= 0 and (normal in called or _is_name(normal, tokenizer)):
            places[name] = place
            called.pop(normal, None)
    places |= called
    longest = sorted(places, key=lambda name: (-len(name), name))
    kept: list[str] = []
    for name in longest:
        if not any(folded(name) in folded(other) for other in kept):
            kept.append(name)
    names = sorted(kept, key=lambda name: places[name])
    aside = (
        name
        for name in names
        if (len(names) > 1 and _in_list(text, folded(name)))
        or _describes(text, (places[name], places[name] + len(folded(name))), tokenizer)
    )
    return Mentions(tuple(names), frozenset(aside), _points(text, min(places.values(), default=len(text))))


def _points(text: str, named: int) -> bool:
    """Whether a normalised text points at something outside of it, where what it names first stands at ``named``.

    它离故宫多远 does; 它旁边的故宫多大 is about what it names.
    """
    match = _REFERENCE.search(text)
    if match is None or match.start() >= named:
        return False
    between = text[match.end() : named]
    return named == len(text) or not ("的" in between or _CLAUSE.search(between))


def names_owner(text: str) -> bool:
    """Return whether a text asks about whoever keeps the documents, and so about nothing that was spoken of.

    >>> names_owner("你们店几点开门"), names_owner("贵公司在哪"), names_owner("几点开门")
    (True, True, False)
    """
    return _OWNER.search(normalise(text).text) is not None


def points_at_person(text: str) -> bool:
    """Return whether what a text points at is a person.

    >>> points_at_person("他多大？"), points_at_person("它多大？"), points_at_person("she was born when?")
    (True, False, True)
    """
    match = _REFERENCE.search(normalise(text).text)
    return match is not None and match[0] in {"他", "她", "his", "he", "she"}


def carried(text: str, subject: str) -> str:
    """Return a question with its subject, in the place of what only points at it, or else in front.

    What stands before the clause that asks (a sigh, thanks for the last answer) is left out.

    >>> carried("嗯，那它的门票要多少钱？", "故宫"), carried("这里几点开门", "故宫"), carried("地址在哪？", "故宫")
    ('故宫的门票要多少钱？', '故宫这里几点开门', '故宫地址在哪？')
    >>> carried("真不错，2小时就够了，那门票贵吗？", "故宫")
    '故宫门票贵吗？'
    >>> carried("when does it open?", "Forbidden City"), carried("what is its address", "Forbidden City")
    ('when does Forbidden City open?', "what is Forbidden City's address")
    """
    normal = normalise(text)
    start = asking(normal.text)
    start += framed(normal.text[start:])[0]
    if lead := _LEAD.match(normal.text, start):
        start = lead.end()
    first = normal.original(start, start + 1)[0] if start < len(normal.text) else 0
    match = _REFERENCE.search(normal.text, start)
    if match is None:
        spaced = subject[-1:].isascii() and text[first : first + 1].isascii()
        return subject + " " * spaced + text[first:]
    begin, end = normal.original(*match.span())
    owner = subject + "'s" * bool(match["whose"])
    return text[first:begin] + owner + text[begin if match["before"] else end :]


def asking(text: str) -> int:
    """Return where the first clause of a normalised text that asks begins; 0 where none does."""
    starts = [0, *(match.end() for match in _CLAUSE_END.finditer(text))]
    clauses = [text[start:end] for start, end in pairwise((*starts, len(text)))]
    asks = (start for start, clause in zip(starts, clauses, strict=True) if "?" in clause or ask(clause)[0] is not NONE)
    return next(asks, 0)


def _names(found: Found) -> Iterable[str]:
    """Return what the documents call things: titles, with and without a note behind, and headings of one document."""
    paths: dict[str, set[str]] = defaultdict(set)
    titles: dict[str, None] = {}
    for hit in found.hits:
        title = hit.source.title.strip()
        for name in (title, _NOTE.sub("", title).rstrip()):
            titles[name] = None
        for heading in hit.paragraph.section:
            paths[heading.strip()].add(hit.source.path)
    headings = [heading for heading, within in paths.items() if len(within) == 1]
    return dict.fromkeys(filter(None, (*titles, *headings)))


def _is_name(normal: str, tokenizer: Tokenizer) -> bool:
    """Whether this may call something: no number, no function word, no word that is a verb or an adverb."""
    if len(normal) < 2 or not any(map(str.isalpha, normal)):
        return False
    words = [token.text for token in tokenizer.words(normal)]
    if all(word in FUNCTION_WORDS for word in words):
        return False
    part = tokenizer.dictionary.part(normal)
    return len(words) > 1 or not part or part.startswith(_NAMING)


def _in_list(text: str, name: str) -> bool:
    return bool(re.search(rf"、[《“「]?{re.escape(name)}|{re.escape(name)}[》”」]?(?:、|等)", text))


def _describes(text: str, span: tuple[int, int], tokenizer: Tokenizer) -> bool:
    """Whether a name only says of another thing where it is, or whose: 位于故宫内, 是故宫的一座殿.

    What asks is about what it names.
    """
    start, end = span
    ends = [match.span() for match in _CLAUSE.finditer(text)]
    first = max((end for _, end in ends if end <= start), default=0)
    last, behind = min((span for span in ends if span[0] >= end), default=(len(text), len(text)))
    clause = text[first:behind]
    if "?" in clause or ask(clause)[0] is not NONE or not text[end:last].strip(_PARTICLES):
        return False
    part = tokenizer.dictionary.part
    return any(
        token.text in _COPULAS or token.text.endswith(("于", "自")) or part(token.text).startswith("p")
        for token in tokenizer.words(text[first:start])
    )
