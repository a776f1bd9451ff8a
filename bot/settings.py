"""One typed ``Settings``, built once: from flags, then the environment (``YUANJU_…``), then ``.env``, then defaults.

What each is for stands in ``settings.toml``, in both languages: ``--help`` shows it, and ``make settings`` writes it
into docs/settings.md and .env.example.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from bot import places
from retrieval.errors import YuanjuError
from retrieval.reading import Limits

_BOT_API = "https://api.telegram.org/"


class SettingsError(YuanjuError):
    """A setting that does not hold what it should; the message names each, in one line."""

    @classmethod
    def of(cls, problems: str) -> SettingsError:
        """Return the error for what is wrong with which settings."""
        return cls(f"Wrong setting: {problems}. It can be set as in .env.example or by flag")


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that nobody may see: only whoever asks for its ``value`` does."""

    value: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, with the defaults; ``bot.validation`` tells what each may be.

    Raises ``SettingsError`` for settings that contradict each other.
    """

    documents: Path = places.DOCUMENTS
    index: Path | None = None
    watch: Literal["auto", "poll", "off"] = "auto"
    reading_limits: Limits = field(default_factory=Limits)
    limit: int = 3
    threshold: float = 0.25
    sure_threshold: float = 0.5
    meaning: Path | None = None
    follow_up_minutes: float = 10
    language: Literal["zh", "en"] | None = None
    telegram_token: Secret | None = None
    telegram_api_url: str = _BOT_API
    telegram_proxy: Secret | None = None
    admins: frozenset[int] = frozenset()
    allowed_chats: frozenset[int] = frozenset()
    private_folders: Mapping[str, frozenset[int]] = field(default_factory=dict)
    person_per_minute: int = 20
    webhook_url: str | None = None
    listen: str = ""
    database: Secret | None = None
    retention_days: float = 90
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_questions: bool = False
    engine: str = "local"
    engine_prefix: str = "yuanju"
    engine_shards: int = 1
    engine_replicas: int = 1
    engine_credentials: Secret | None = None
    engine_aws_region: str | None = None
    engine_authority: Literal["none"] | Path | None = None

    def __post_init__(self) -> None:
        if self.index_folder.resolve().is_relative_to(self.documents.resolve()):
            raise SettingsError.of("YUANJU_INDEX must lie outside YUANJU_DOCUMENTS")
        if self.webhook_url is None:
            return
        if not self.webhook_url.startswith("https://") and self.telegram_api_url == _BOT_API:
            raise SettingsError.of("YUANJU_WEBHOOK_URL must begin with https://: Telegram delivers to no other address")
        if not self.listen:
            raise SettingsError.of(
                "YUANJU_WEBHOOK_URL needs YUANJU_LISTEN, the address that its proxy passes requests on to"
            )

    @property
    def index_folder(self) -> Path:
        """See ``bot.places``."""
        return places.index_folder(self.index, self.documents)


DEFAULTS: dict[str, Any] = {
    one.name: one.default_factory() if callable(one.default_factory) else one.default for one in fields(Settings)
}
NAMES = tuple(DEFAULTS)
SECRETS = frozenset(one.name for one in fields(Settings) if one.type == "Secret | None")
"""The settings that nobody may see."""


def addresses(engine: str) -> list[str]:
    """Return the URLs that a setting holds, with commas or spaces between."""
    return re.sub("[,，、]", " ", engine).split()
