"""What is said of each setting, from ``settings.toml``: for ``--help``, docs/settings.md and .env.example alike."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.language import OperatorLanguage
from bot.settings import SECRETS, Settings


@dataclass(frozen=True, slots=True)
class Entry:
    """A setting: what to type for it (``metavar``), and what it is for."""

    name: str
    metavar: str
    words: dict[OperatorLanguage, str]

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
        value = Settings.model_fields[self.name].get_default(call_default_factory=True)
        if isinstance(value, bool):
            return str(value).lower()
        plain = type(value).__module__ in {"builtins", "pathlib", "pydantic.networks"}
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
