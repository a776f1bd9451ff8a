"""What is said of each setting, from ``settings.toml``: for ``--help``, docs/settings.md and .env.example alike."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.language import OperatorLanguage
from bot.settings import DEFAULTS, SECRETS

_PLACEHOLDERS = {
    "COMMAND": "命令",
    "DAYS": "天数",
    "FILE": "文件",
    "FOLDER": "文件夹",
    "PATH": "路径",
    "HOST": "主机",
    "ID": "编号",
    "KEY": "密钥",
    "LEVEL": "级别",
    "MINUTES": "分钟",
    "N": "数",
    "NAME": "名称",
    "OPTION": "选项",
    "PASSWORD": "密码",
    "PORT": "端口",
    "QUESTION": "问题",
    "REGION": "区域",
    "TOKEN": "令牌",
    "URL": "网址",
}


def placeholders(text: str, language: OperatorLanguage) -> str:
    """Return a text in which what stands for something to type is in a language.

    >>> placeholders("FOLDER=ID,…", "zh"), placeholders("FOLDER=ID,…", "en")
    ('文件夹=编号,…', 'FOLDER=ID,…')
    """
    if language == "en":
        return text
    return re.sub(r"\b[A-Z]+\b", lambda word: _PLACEHOLDERS.get(word[0], word[0]), text)


@dataclass(frozen=True, slots=True)
class Entry:
    """A setting: what to type for it (``metavar``), and what it is for."""

    name: str
    metavar: str
    words: dict[OperatorLanguage, str]

    def typed(self, language: OperatorLanguage) -> str:
        """Return what to type for it, in a language."""
        return placeholders(self.metavar, language)

    @property
    def flag(self) -> str:
        """The setting as a flag of the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The setting as a variable of the environment and of ``.env``."""
        return f"YUANJU_{self.name.upper()}"

    @property
    def secret(self) -> bool:
        """Whether nobody else may see it."""
        return self.name in SECRETS

    @property
    def default(self) -> str:
        """Its default as it is written in ``.env``; empty where none can be written."""
        value = DEFAULTS[self.name]
        if isinstance(value, bool):
            return str(value).lower()
        plain = type(value).__module__ in {"builtins", "pathlib"}
        return str(value).removesuffix("/") if plain and value else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together, under a title."""

    title: dict[OperatorLanguage, str]
    entries: tuple[Entry, ...]


@cache
def groups() -> tuple[Group, ...]:
    """Return all settings in the order in which they are shown."""
    tables = tomllib.loads(files("bot").joinpath("settings.toml").read_text(encoding="utf-8"))
    return tuple(
        Group(
            _words(table),
            tuple(
                Entry(name, entry["metavar"], _words(entry)) for name, entry in table.items() if isinstance(entry, dict)
            ),
        )
        for table in tables.values()
    )


def _words(table: dict[str, str]) -> dict[OperatorLanguage, str]:
    return {"zh": table["zh"], "en": table["en"]}
