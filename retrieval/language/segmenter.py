"""Chinese text → words: jieba's, cut by rjieba where it is installed, which does the same twenty times as fast.

jieba's dictionary and its most probable path, without the model for unknown words, define the words. rjieba compiles
the same dictionary and algorithm, and the first questions are cut by looking words up in the dictionary on disk; which
of them did the work cannot be told from an index.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from retrieval.sharing import share

Words = tuple[tuple[str, int], ...]
"""Words of a user dictionary with their frequencies, in a fixed order."""
Cut = Callable[[str], list[str]]

_FEW = 1000
"""Characters that are cut without loading a segmenter: some questions, which are cut several times each."""

# What lies outside is no word of jieba's, one character each.
_KNOWN = re.compile("([\u4e00-\u9fd5]+)")


@lru_cache(maxsize=4)  # one for each state of the operator's dictionary that is in use
def segmenter(cache_folder: Path, words: Words = ()) -> Cut:
    """Return a function that cuts a run of Chinese characters into words.

    ``cache_folder`` is where jieba, if it has to do the work, keeps its compiled dictionary.
    """
    cut = _loaded(cache_folder, words) if words else _at_length(cache_folder)

    def cut_run(run: str) -> list[str]:
        if _KNOWN.fullmatch(run):
            return cut(run)
        return [word for part in _KNOWN.split(run) for word in (cut(part) if _KNOWN.fullmatch(part) else part)]

    return cut_run


def _at_length(cache_folder: Path) -> Cut:
    """Return a function that loads a segmenter once much has been cut: that takes longer than a question does."""
    from retrieval.language.dictionary import dictionary

    left, loaded = _FEW, None

    def cut(run: str) -> list[str]:
        nonlocal left, loaded
        left -= len(run)
        if left >= 0:
            return dictionary(cache_folder).cut(run)
        loaded = loaded or _loaded(cache_folder, ())
        return loaded(run)

    return cut


def _loaded(cache_folder: Path, words: Words) -> Cut:
    try:
        return _compiled(words)
    except ImportError:
        return plain(cache_folder, words)


def _compiled(words: Words) -> Cut:
    import rjieba

    if not words:
        return lambda run: rjieba.cut(run, False)
    own = rjieba.Jieba()
    for word, frequency in words:
        own.add_word(word, frequency, "")
    return lambda run: own.cut(run, False)


def plain(cache_folder: Path, words: Words) -> Cut:
    """Return jieba itself as such a function."""
    tokenizer = jieba_tokenizer(cache_folder)
    if words:
        tokenizer = _copied(tokenizer)
        for word, frequency in words:
            tokenizer.add_word(word, frequency)
    return lambda run: list(tokenizer.cut(run, HMM=False))


@cache
def jieba_tokenizer(cache_folder: Path) -> Any:
    """Return jieba itself, its dictionary loaded.

    Its compiled dictionary is kept in a folder of our own, because the one it takes by default is a file in the
    system's temporary folder that anybody may have put there.
    """
    import jieba

    jieba.setLogLevel(logging.WARNING)
    cache_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    share(cache_folder)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(cache_folder)
    tokenizer.initialize()
    return tokenizer


def _copied(tokenizer: Any) -> Any:
    copy = type(tokenizer)()
    copy.FREQ, copy.total, copy.initialized = dict(tokenizer.FREQ), tokenizer.total, True
    return copy


def dictionary_lines() -> Iterator[tuple[str, int, str]]:
    """Return the words of jieba's dictionary with their frequencies and parts of speech, without loading jieba."""
    from importlib.util import find_spec

    found = find_spec("jieba")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("jieba is not installed: pip install jieba", name="jieba")
    with (Path(found.origin).parent / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, frequency, part_of_speech = line.split()
            yield word, int(frequency), part_of_speech
