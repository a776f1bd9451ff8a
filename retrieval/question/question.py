"""A question as the ranker sees it: what kind of answer it asks for, and the terms that it asks about.

The words that ask (什么时候) and those that are polite (请问) are no evidence that a sentence answers, so they are
taken off before the rest is cut into terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.language import Normalised, Token, Tokenizer, characters, normalise, pairs
from retrieval.language.classifiers import CLASSIFIERS, MEASURES
from retrieval.language.english import root, stem, words_only
from retrieval.language.function_words import VAGUE_NOUNS
from retrieval.language.synonyms import Synonyms, default
from retrieval.question.framing import framed, without_particles
from retrieval.question.kinds import Kind, ask, wanted
from retrieval.question.nouns import form, noun
from retrieval.question.references import references

_THE_DOCUMENT = re.compile(
    r"(?:这|那|该|本)篇?(?:文章|报道|新闻|文件|报告|公告|稿子|文)(?:里面?|中|上)?|^\s*文(?:章)?[中里](?:提及|提到|指出|认为)?,?"
)
_WHICH = re.compile(
    rf"(?:[在于从以由被向和跟与]?)(?:哪|那|什么|何|几|多少)(?:一|两|几)?[{CLASSIFIERS}]?(?:样的?)?"
    r"(?:主要|著名|重要|知名|特殊)?的?(?P<noun>[\u4e00-\u9fff]{1,6})"
)
_ASKING = re.compile(
    r"(?<=[\d条步点项款])(?:具体)?(?:规定|要求|说|讲|写|做|干|是)了?(?:的是)?(?:什么|啥)(?:内容)?|(?<=[\d条步点项款])的?内容是什么|"
    r"(?<!\S)(?:含义|含意|意思|定义|概念|介绍|简介)(?!\S)|(?:什么|甚么|啥)(?:玩意儿?|东西|鬼)|"
    r"为什么|为甚么|为何|为啥|什么时候|啥时候|多会儿|什么样的?|什么|甚么|干啥|干嘛|啥样?|哪[一几两]?[种些]|"
    rf"哪[一几两]?[{CLASSIFIERS}]|哪里|哪儿|哪|何时|何地|何处|何种|何人|多少|谁|"
    r"有?多(?=[高长重深宽](?![于量家数约部概型小学]))|有?多[大远快厚广](?![于量家数约部概型小学])|"
    r"怎么[样办]?|怎样|如何|咋[样办整弄搞]?|百分之几|几分之几|几[月日号点]|"
    rf"几(?=[年天月周级岁{CLASSIFIERS}])|几(?=\W*$)|是否|多久|会不会|是不是|能不能|可不可以|有没有|要不要|行不行"
)
_ENGLISH = re.compile(r"(?<![a-z])[a-z]+(?:'[a-z]+)?(?:[ ,-]+[a-z0-9]+(?:'[a-z]+)?){2,}")
"""Three English words and more, which are no names among Chinese ones: there WHO and IT are names."""
_NAMING = ("n", "j", "l", "i", "vn", "an", "g")
"""Parts of speech that name something: nouns and names, abbreviations, idioms, 研究 and 困难, morphemes."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its text as the person wrote it, its normalised form, the kind of answer, and its terms.

    ``core`` is what of ``normal.text`` is left without the polite words around it. ``gap`` is the span in
    ``normal.text`` of the words that ask, in keywords of the noun that tells what is asked for; ``content`` is
    ``normal.text`` with the words that ask and the polite ones replaced by spaces, so that its offsets hold; ``focus``
    is the noun that 哪个 or 什么 asks for, if one does; ``tokens`` are its words with those offsets. ``noun`` is what
    is asked for, wherever it stands, and ``form`` the form of such a thing in a text, where that is known. ``words``,
    ``characters`` and ``pairs`` are in order, each once; ``verbs`` are those of the words; ``contents`` are the tokens
    that name or number something, ``spoken`` the spans of colloquial words, which nobody expects in a document.
    ``synonyms`` are words of it with others that are looked for as well, ``others`` the terms of those.
    ``corrections`` are words as they were misspelt, each with the one that stands in ``text``.
    """

    text: str
    normal: Normalised
    core: str
    kind: Kind
    gap: tuple[int, int] | None
    content: str
    focus: str
    noun: str
    form: re.Pattern[str] | None
    unit: re.Pattern[str] | None
    tokens: tuple[Token, ...]
    contents: tuple[Token, ...]
    spoken: tuple[tuple[int, int], ...]
    synonyms: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    verbs: tuple[str, ...]
    characters: tuple[str, ...]
    pairs: tuple[str, ...]
    others: tuple[str, ...]
    corrections: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, text: str, tokenizer: Tokenizer, synonyms: Synonyms | None = None) -> Question:
        """Read a question.

        >>> question = Question.of("请问新建校区面积是多少？", tokenizer)
        >>> question.kind.name, question.words
        ('number', ('新建', '校区', '面积', '是'))
        """
        normal = normalise(text)
        start, end = framed(normal.text)
        core = normal.text[start:end]
        bare = _blank(" " * start + core, _THE_DOCUMENT)
        kind, gap = ask(bare)
        named = None
        if gap is None:
            kind, gap = wanted(bare)
            named = gap
        said = _ENGLISH.sub(lambda match: words_only(match[0]), bare)
        content = _blank(said, _ASKING)
        content = content[: without_particles(content)].ljust(len(normal.text))
        tokens = tuple(tokenizer.words(content))
        words = _distinct(token.text for token in tokens)
        asked = noun(said, gap, tokenizer)
        synonymous, spoken = (synonyms or default()).expand(said, tokenizer.words(said))
        expanded = synonymous + references(said)
        single, paired = _distinct(characters(content)), _distinct(pairs(content))
        own, part = {*words, *single, *paired}, tokenizer.dictionary.part
        return cls(
            text=text,
            normal=normal,
            core=core,
            kind=kind,
            gap=gap,
            content=content,
            focus=_focus(bare, gap, tokenizer),
            noun=asked,
            form=form(asked),
            unit=_unit(bare, gap),
            tokens=tokens,
            contents=_contents(tokens, (*spoken, named) if named else spoken, tokenizer),
            spoken=spoken,
            synonyms=expanded,
            others=_distinct(term for _, other in expanded for term in tokenizer.terms(other) if term not in own),
            words=words,
            verbs=tuple(word for word in words if part(word).startswith("v")),
            characters=single,
            pairs=paired,
        )

    @property
    def terms(self) -> tuple[str, ...]:
        """The bag of terms to search for: a pair that is also a word counts as both, synonyms count once."""
        return self.words + self.characters + self.pairs + self.others

    def of_word(self, word: str) -> tuple[str, ...]:
        """Return the question's own terms that are part of a word."""
        own = dict.fromkeys(self.words + self.characters + self.pairs)
        return tuple(term for term in own if term in word)


def _contents(tokens: Sequence[Token], spoken: Sequence[tuple[int, int]], tokenizer: Tokenizer) -> tuple[Token, ...]:
    """Return the tokens that name or number something: no colloquial words, vague nouns or scraps of a cut."""
    dictionary = tokenizer.dictionary
    singles = {place: one.text for one in tokens if one.han and len(one.text) == 1 for place in (one.end, -one.start)}

    def names(token: Token) -> bool:
        if any(start < token.end and token.start < end for start, end in spoken):
            return False
        if not token.han:
            return True
        if len(token.text) < 2 or token.text in VAGUE_NOUNS:
            return False
        # Most likely it has taken a character off the one beside it: 没 人理, 最 多拉.
        beside = singles.get(token.start, "") + token.text[0], token.text[-1] + singles.get(-token.end, "")
        if len(token.text) == 2 and any(len(pair) == 2 and dictionary.frequency(pair) for pair in beside):
            return False
        part = dictionary.part(token.text)
        return not part or part.startswith(_NAMING)

    return tuple(token for token in tokens if names(token))


def _focus(text: str, gap: tuple[int, int] | None, tokenizer: Tokenizer) -> str:
    match = _WHICH.match(text, gap[0]) if gap else None
    if match is None:
        return ""
    return next((token.text for token in tokenizer.words(match["noun"])), "")


_MEASURES = (
    (r"多高|高度|海拔|身高", "米|公尺|英尺|厘米|公分|m|cm"),
    (r"多长(?!时间)|多远|长度|距离|里程|多宽|多深", "米|公里|千米|公尺|英里|厘米|公分|里|km|m|cm"),
    (r"多重|重量|体重", "吨|公斤|千克|克|磅|kg|g"),
    (r"面积|多大面积|占地", "平方公里|平方千米|平方米|公顷|亩|km2|m2|平方公尺|平方"),
    (r"几岁|多大年纪|年龄|岁数|多少岁", "岁"),
    (r"比例|百分之|比率|占有率|率", "%|成|百分"),
    (r"人口|多少人|人数|几人", "人|名|位|万|亿"),
    (r"温度|气温|多少度", "度|°c|℃"),
    (r"多少钱|价格|票房|金额|资金|资本|经费|营收|收入|耗资|造价|元", "元|块钱?|美元|日圆|日元|英镑|欧元|万|亿"),
    (r"第几", ""),
)
_COUNTS = re.compile(rf"[{CLASSIFIERS}年月周日号元块毛角分倍成字列行桌床例起处点县区村乡镇省市国]|{MEASURES}")
"""What may stand behind 多少 as a unit, as any one character may; a noun there (薪水) need not stand with a number."""
_TO = "(?:至|到|~|-|—|–)"
_BEGINS = r"(?=[-\d一二两三四五六七八九十百千零〇])"
"""What a number begins with: elsewhere nothing is looked for."""
_SIGN = r"(?:零下|(?<![a-z\d°%])-(?=\d))?"


def _unit(text: str, gap: tuple[int, int] | None) -> re.Pattern[str] | None:
    """Return what a number must stand with to answer: a unit after 多少 and 几, or what measures it."""
    if gap is None:
        return None
    asking = text[gap[0] : gap[1]]
    after = re.match(r"(?:个)?([\u4e00-\u9fff%]{1,2})", text[gap[1] :])
    number = (
        rf"{_BEGINS}{_SIGN}(?:\d+(?:[.,]\d+)* ?|[一二两三四五六七八九十百千零〇])[一二两三四五六七八九十百千万亿零〇]*"
    )
    if counted := re.match(r" +([a-z]{3,})", text[gap[1] :]) if asking.startswith("how m") else None:
        return re.compile(rf"(?<![\d.])\d[\d,.]* (?:[a-z-]+ ){{0,2}}{root(stem(counted[1]))}")
    if "第几" in asking and after:
        return re.compile(rf"第{number}{after[1][0]}")
    for asks, units in _MEASURES:
        if units and re.search(asks, text):
            return re.compile(rf"(?:{number}(?:{units})?{_TO})?{number}[多余]?(?:{units})")
    if (
        re.search(r"多少|几", asking)
        and after
        and after[1] != "个"
        and ("几" in asking or len(after[1]) == 1 or _COUNTS.match(after[1]))
    ):
        unit = f"(?:{after[1]}|{after[1][0]})"
        return re.compile(rf"(?:{number}{unit}?{_TO})?{number}[多余]?个?{unit}")
    return None


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)


def _distinct(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(parts))
