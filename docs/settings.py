"""Write what ``bot/settings.toml`` says of each setting into docs/settings.md and .env.example.

``make settings`` runs it. With ``--check`` nothing is written, and the status is 1 where one of them is out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from bot import reference

ROOT = Path(__file__).resolve().parent.parent

INTRODUCTION = """\
环境变量、`.env` 或同名参数（`--documents`、`--limit` ……）都行，参数优先。须保密的不能用参数，进程列表里人人看得见；
也可以是 `/run/secrets` 里的文件，名称小写。`yuanju check` 列出与默认不同的，以及各从哪里来。

*(The environment, `.env`, or flags of the same name, which win. Secrets can't be flags, since everybody sees the list
of processes; they may be files in `/run/secrets`, named in lower case. `yuanju check` lists what differs from the
default, and where it comes from.)*"""


def page() -> Iterator[str]:
    """Return the lines of docs/settings.md."""
    yield "# 设置 · Settings"
    yield ""
    yield INTRODUCTION
    for group in reference.groups():
        yield ""
        yield f"## {' · '.join(dict.fromkeys(group.title.values()))}"
        yield ""
        yield "| 名称 (setting) | 默认 (default) | 含义 (meaning) |"
        yield "|---|---|---|"
        for entry in group.entries:
            default = f"`{entry.default}`" if entry.default else ""
            meaning = f"{entry.words['zh']} *({entry.words['en']})*".replace("|", "\\|")
            linked = re.sub(r"docs/(\w+\.md)", r"[\1](\1)", meaning)
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
    pages = {"docs/settings.md": page(), ".env.example": example()}
    wanted = {name: "".join(f"{line}\n" for line in lines) for name, lines in pages.items()}
    stale = [
        name
        for name, text in wanted.items()
        if not (ROOT / name).exists() or (ROOT / name).read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        print(*(f"{name} is out of date: make settings" for name in stale), sep="\n")  # noqa: T201
        return int(bool(stale))
    for name in stale:
        (ROOT / name).write_text(wanted[name], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
