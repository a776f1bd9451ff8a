"""Write bot/rendering/catalogue/zh-hant.ftl: the sentences of zh.ftl in traditional characters, by OpenCC.

What is not converted well is corrected in docs/zh-hant.ftl. ``make traditional`` runs it. With ``--check`` nothing is
written, and the status is 1 where the file is out of date. Converted beforehand, since OpenCC's dictionaries for this
direction take 40 MB and longer to load than a bot to start.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from opencc import OpenCC

from bot.rendering.catalogue import entries

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "bot" / "rendering" / "catalogue" / "zh.ftl"
TARGET = SOURCE.with_name("zh-hant.ftl")
CORRECTIONS = ROOT / "docs" / "zh-hant.ftl"
QUOTATION_MARKS = str.maketrans("“”", "「」")


def converted() -> Iterator[str]:
    """Return the parts of the file."""
    yield "# 由 docs/traditional.py 從 zh.ftl 轉換而成，改正寫在 docs/zh-hant.ftl：make traditional\n\n"
    corrections = entries(CORRECTIONS.read_text("utf-8"))
    text = OpenCC("s2twp").convert(SOURCE.read_text("utf-8")).translate(QUOTATION_MARKS)
    for key, entry in entries(text).items():
        yield re.sub(r"\n+\Z", "\n", corrections.get(key, entry))


def main() -> int:
    """Bring the file up to date, or tell whether it is."""
    wanted = "".join(converted())
    fresh = TARGET.exists() and TARGET.read_text("utf-8") == wanted
    if "--check" in sys.argv[1:]:
        if not fresh:
            print(f"{TARGET.relative_to(ROOT)} is out of date: make traditional")  # noqa: T201
        return int(not fresh)
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
