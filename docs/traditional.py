"""Write down what OpenCC knows, whose dictionaries take 40 MB and longer to load than an answer.

The sentences of zh.ftl in traditional characters become bot/rendering/catalogue/zh-hant.ftl; what is not converted well
is corrected in docs/zh-hant.ftl. The simplified form of each character becomes retrieval/simplified.txt.
``make traditional`` runs it. With ``--check`` nothing is written, and the status is 1 where a file is out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from opencc import OpenCC

from bot.rendering.catalogue import entries
from retrieval.language.tokenizer import HAN

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "bot" / "rendering" / "catalogue" / "zh.ftl"
CORRECTIONS = ROOT / "docs" / "zh-hant.ftl"
QUOTATION_MARKS = str.maketrans("“”", "「」")


def sentences() -> Iterator[str]:
    """Return the parts of zh-hant.ftl."""
    yield "# 由 docs/traditional.py 從 zh.ftl 轉換而成，改正寫在 docs/zh-hant.ftl：make traditional\n\n"
    corrections = entries(CORRECTIONS.read_text("utf-8"))
    text = OpenCC("s2twp").convert(SOURCE.read_text("utf-8")).translate(QUOTATION_MARKS)
    for key, entry in entries(text).items():
        yield re.sub(r"\n+\Z", "\n", corrections.get(key, entry))


def characters() -> Iterator[str]:
    """Return the traditional characters in a line, and the simplified ones in another."""
    every = [chr(code) for first, last in HAN for code in range(first, last + 1)]
    converted = OpenCC("t2s").convert("\n".join(every)).split("\n")
    changed = [(old, new) for old, new in zip(every, converted, strict=True) if old != new]
    yield from ("".join(line) + "\n" for line in zip(*changed, strict=True))


def main() -> int:
    """Bring the files up to date, or tell which are not."""
    wanted = {
        SOURCE.with_name("zh-hant.ftl"): "".join(sentences()),
        ROOT / "retrieval" / "simplified.txt": "".join(characters()),
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        print(*(f"{path.relative_to(ROOT)} is out of date: make traditional" for path in stale), sep="\n")  # noqa: T201
        return int(bool(stale))
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
