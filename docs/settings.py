"""Write what ``bot/settings.toml`` says of each setting into README.md and .env.example; ``make settings`` runs it.

With ``--check`` nothing is written, and the status is 1 where one of them is out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from bot import reference

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- settings: make settings -->\n", "<!-- end of settings -->\n"


def table() -> Iterator[str]:
    """Return the rows for README.md."""
    yield "| 名称 (setting) | 默认 (default) | 含义 (meaning) |"
    yield "|---|---|---|"
    for group in reference.groups():
        zh, en = group.title["zh"], group.title["en"]
        yield f"| **{zh}**{'' if zh == en else f' *({en})*'} | | |"
        for entry in group.entries:
            default = f"`{entry.default}`" if entry.default else ""
            meaning = f"{entry.words['zh']} *({entry.words['en']})*".replace("|", "\\|")
            linked = re.sub(r"docs/\w+\.md", r"[\g<0>](\g<0>)", meaning)
            yield f"| `{entry.variable}` | {default} | {linked} |"


def example() -> Iterator[str]:
    """Return the lines of .env.example."""
    yield "# 复制成 .env 再改，存为 UTF-8：cp .env.example .env。同名的环境变量和命令行参数（如 --limit 5）优先。"
    yield "# Copy to .env, change what you need, save as UTF-8. Environment and flags of the same name win."
    for group in reference.groups():
        yield ""
        yield f"# ---- {' · '.join(dict.fromkeys(group.title.values()))} ----"
        for entry in group.entries:
            yield ""
            yield f"# {entry.words['zh']}"
            yield f"# {entry.words['en']}"
            yield f"{entry.variable}={entry.default}"


def main() -> int:
    """Bring both files up to date, or tell whether they are."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = {
        "README.md": "".join([before, BEGIN, *(f"{row}\n" for row in table()), END, after]),
        ".env.example": "".join(f"{line}\n" for line in example()),
    }
    stale = [name for name, text in wanted.items() if (ROOT / name).read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        print(*(f"{name} is out of date: make settings" for name in stale), sep="\n")  # noqa: T201
        return int(bool(stale))
    for name in stale:
        (ROOT / name).write_text(wanted[name], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
