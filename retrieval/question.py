"""A question as the ranker sees it: what kind of answer it asks for, and the terms that it asks about.

The words that ask (什么时候) and those that are polite (请问) are no evidence that a sentence answers, so they are taken
off before the rest is cut into terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.kinds import Kind, ask
from retrieval.tokens import Normalised, Token, Tokenizer, characters, normalise, pairs

_POLITE = re.compile(
    r"请问一下|请问|请教一下|请教|麻烦(?:你|您)?|(?:你|您)(?:知道|晓得)(?!的)|(?:请)?(?:告诉|跟)我(?:说说|讲讲)?|我(?:很|就)?想(?:知道|问一?下?|了解一?下?)|"
    r"(?:能|可)不(?:能|可以)|帮我(?:查|找|看)?(?:一?下)?|查一?下|问一?下|说一?下|讲一?下|介绍一?下|一下|谢谢|感谢|想问|(?:你|您)好"
)
_PARTICLES = re.compile(r"(?:吗|呢|啊|呀|吧|嘛|么|了|的)?[\s?!。.~]*$")
_ASKING = re.compile(
    r"为什么|为甚么|为何|什么时候|什么样的?|什么|甚么|哪[一几两]?[个种些位座家项条所部本类款样]|哪些|哪里|哪儿|哪|何时|何地|何处|何种|何人|谁|多少|"
    r"怎么样|怎么|怎样|如何|几(?=[个年月日天位名家座种次人])|是否|多久|啥"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its text as the person wrote it, its normalised form, the kind of answer, and its terms.

    ``gap`` is the span in ``normal.text`` of the words that ask; ``content`` is ``normal.text`` with those and the
    polite ones replaced by spaces, so that its offsets hold; ``tokens`` are its words with those offsets. ``words``,
    ``characters`` and ``pairs`` are in order, each once.
    """

    text: str
    normal: Normalised
    kind: Kind
    gap: tuple[int, int] | None
    content: str
    tokens: tuple[Token, ...]
    words: tuple[str, ...]
    characters: tuple[str, ...]
    pairs: tuple[str, ...]

    @classmethod
    def of(cls, text: str, tokenizer: Tokenizer) -> Question:
        """Read a question.

        >>> question = Question.of("请问智能终端目标是多少？", tokenizer)  # doctest: +SKIP
        >>> question.kind.name, question.words  # doctest: +SKIP
        ('number', ('智能', '终端', '目标', '是'))
        """
        normal = normalise(text)
        polite = _blank(normal.text, _POLITE)
        kind, gap = ask(polite)
        content = _blank(_blank(polite, _ASKING), _PARTICLES)
        tokens = tuple(tokenizer.words(content))
        return cls(
            text=text,
            normal=normal,
            kind=kind,
            gap=gap,
            content=content,
            tokens=tokens,
            words=_distinct(token.text for token in tokens),
            characters=_distinct(characters(content)),
            pairs=_distinct(pairs(content)),
        )

    @property
    def terms(self) -> tuple[str, ...]:
        """The bag of terms to search for: a pair that is also a word counts as both."""
        return self.words + self.characters + self.pairs


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)


def _distinct(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(parts))
