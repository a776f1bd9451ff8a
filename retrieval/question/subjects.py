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

from retrieval.language import Tokenizer, normalise
from retrieval.language.classifiers import CLASSIFIERS
from retrieval.language.function_words import FUNCTION_WORDS
from retrieval.question.framing import framed
from retrieval.question.kinds import NONE, ask
from retrieval.question.question import Question
from retrieval.records import Found

LONGEST = 80
"""Characters of a question that may be about the subject of those before it; who writes more has told everything."""

_SPECIFIC_SHARE = 0.01
_SPECIFIC_COUNT = 2
"""A noun of no more than this share, or number, of the paragraphs says what a question is about."""

_NOTE = re.compile(r"[(（][^()（）]*[)）]$")
_NAMING = ("n", "j", "l", "i", "x")  # parts of speech that a name of a single word may have
_PERSON = r"(?<![吉其排])(?:它|他|她|牠|祂)(?!人|日|们|國|国|山|杀)"
_PLACE = r"这里|这儿|那里|那儿|此地|此处"
_THING = (
    rf"(?:这|那|该|此)(?:[{CLASSIFIERS}种些](?=[\u4e00-\u9fff])|(?=[歌片剧书人馆园寺]))"
    r"|(?<![尤极])其(?![他它她实中余次间乐])"
)
_REFERENCE = re.compile(
    rf"(?P<person>{_PERSON})|(?P<before>{_PLACE}|{_THING})|"
    r"\b(?P<whose>its|his|their)\b|(?P<who>\b(?:it|he|she|they)\b)"
)
_CLAUSE_END = re.compile(r"[。!;…\n]+|(?<!\d)[.,]|[.,](?!\d)")
_LEAD = re.compile(r"(?:那么?|不过|对了|还有|以及|另外|然后|所以|而且)(?=[^,，]{2})")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a text asks in full, in a conversation that is about ``subject`` unless the question names another.

    ``more`` asks for further answers to the same question; the question is empty where there is none. It is
    ``carried`` over where the text itself shows no sign of following up.
    """

    question: str
    subject: str = ""
    more: bool = False
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Mentions:
    """The names in a text, in order, and whether it has a noun that says what it is about all the same.

    ``enumerated`` are those that stand in a list of several, which a text is not about. ``elsewhere`` tells that such a
    noun stands only in documents that are not about the subject so far.
    """

    names: tuple[str, ...] = ()
    enumerated: frozenset[str] = frozenset()
    specific: bool = False
    elsewhere: bool = False

    def subject(self, before: str) -> str:
        """Return what a conversation is about after this text: still what it was, or what is named now.

        >>> both = Mentions(("天坛", "故宫"))
        >>> both.subject("故宫"), both.subject(""), Mentions().subject("故宫")
        ('故宫', '天坛', '故宫')
        """
        if before and before in self.names:
            return before
        named = [name for name in self.names if name not in self.enumerated]
        return (named or [before])[0] or next(iter(self.names), "")


def mentions(question: Question, found: Found, tokenizer: Tokenizer, subject: str = "") -> Mentions:
    """Return what a question names after others about ``subject``, of what the documents found for it call things."""
    text = question.normal.text
    places: dict[str, int] = {}
    for name in _names(found):
        normal = normalise(name).text
        place = text.find(normal)
        if place >= 0 and _is_name(normal, tokenizer):
            places[name] = place
    longest = sorted(places, key=lambda name: (-len(name), name))
    kept: list[str] = []
    for name in longest:
        if not any(normalise(name).text in normalise(other).text for other in kept):
            kept.append(name)
    names = sorted(kept, key=lambda name: places[name])
    listed = frozenset(name for name in names if len(names) > 1 and _in_list(text, normalise(name).text))
    rare = _rare(question, found, tokenizer)
    return Mentions(tuple(names), listed, bool(rare), _stand_elsewhere(rare, found, normalise(subject).text))


def refers(text: str) -> bool:
    """Return whether a text points at something that it does not name.

    >>> refers("那它的门票呢"), refers("这里几点开门"), refers("其他的呢"), refers("when does it open?")
    (True, True, False, True)
    """
    return _REFERENCE.search(normalise(text).text) is not None


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
    start = _asking(normal.text)
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


def _asking(text: str) -> int:
    """Return where the first clause that asks begins; 0 where none does."""
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


def _rare(question: Question, found: Found, tokenizer: Tokenizer) -> tuple[str, ...]:
    """Return the nouns of the question that are rare among the documents, and words of Latin letters, as names are."""
    most = max(_SPECIFIC_COUNT, _SPECIFIC_SHARE * found.paragraph_count)
    part = tokenizer.dictionary.part
    nouns = (token.text for token in question.tokens if len(token.text) > 1 and part(token.text).startswith(_NAMING))
    latin = (token.text for token in question.contents if not token.han and not token.text.isdigit())
    return (*(noun for noun in nouns if 0 < found.frequencies.get(noun, 0) <= most), *latin)


def _stand_elsewhere(words: Iterable[str], found: Found, subject: str) -> bool:
    """Whether one of the words stands in paragraphs that were found, and in none that is about the subject."""
    about = [normalise("\n".join((hit.source.title, *hit.paragraph.section))).text for hit in found.hits]
    texts = [normalise(hit.paragraph.text).text for hit in found.hits]
    for word in words:
        places = [place for place, text in enumerate(texts) if word in text]
        if places and not any(subject in about[place] for place in places):
            return bool(subject)
    return False
