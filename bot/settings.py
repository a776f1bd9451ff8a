"""One typed ``Settings``, built once: from flags, then the environment (``YUANJU_…``), then ``.env``, then defaults.

What each is for stands in ``settings.toml``, in both languages: ``--help`` shows it, and ``make settings`` writes it
into docs/settings.md and .env.example.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import places
from retrieval.errors import YuanjuError
from retrieval.reading import Limits

Ids = Annotated[frozenset[int], NoDecode]
Folders = Annotated[dict[str, frozenset[int]], NoDecode]

SECRET_FILES = Path("/run/secrets")
"""Where containers find secrets, each in a file that is named as its setting in lower case."""
ENV_FILE = Path(".env")
_ENCODING = "utf-8-sig"  # editors on Windows begin a file with a mark
_BOT_API = HttpUrl("https://api.telegram.org")


class SettingsError(YuanjuError):
    """A setting that does not hold what it should; the message names each, in one line."""

    @classmethod
    def of(cls, error: ValidationError) -> SettingsError:
        """Return the error for what pydantic found, whose own message would repeat the input: it may be a secret."""
        problems = (
            ": ".join([*(f"YUANJU_{str(field).upper()}" for field in item["loc"][:1]), item["msg"]])
            for item in error.errors()
        )
        said = "; ".join(problems).replace("Value error, ", "")
        return cls(f"Wrong setting: {said}. It can be set as in .env.example or by flag")


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="YUANJU_",
        env_file=ENV_FILE,
        env_file_encoding=_ENCODING,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    documents: Path = places.DOCUMENTS
    index: Path | None = None
    watch: Literal["auto", "poll", "off"] = "auto"
    reading_limits: Annotated[Limits, NoDecode] = Limits()
    limit: int = Field(3, ge=1, le=50)
    threshold: float = Field(0.25, ge=0, le=1)
    sure_threshold: float = Field(0.5, ge=0, le=1)
    meaning: Path | None = None
    follow_up_minutes: float = Field(10, ge=0)
    language: Literal["zh", "en"] | None = None
    telegram_token: SecretStr | None = None
    telegram_api_url: HttpUrl = _BOT_API
    telegram_proxy: SecretStr | None = None
    admins: Ids = frozenset()
    allowed_chats: Ids = frozenset()
    private_folders: Folders = {}
    person_per_minute: int = Field(20, ge=0)
    webhook_url: HttpUrl | None = None
    listen: str = Field("", pattern=r"^(([\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5})?$")
    database: SecretStr | None = None
    retention_days: float = Field(90, gt=0)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_questions: bool = False
    engine: str = "local"
    engine_prefix: str = Field("yuanju", pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")
    engine_shards: int = Field(1, ge=1, le=1024)
    engine_replicas: int = Field(1, ge=0, le=100)
    engine_credentials: SecretStr | None = None
    engine_aws_region: str | None = None
    engine_authority: Literal["none"] | Path | None = None

    @field_validator("admins", "allowed_chats", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return _ids(value) if isinstance(value, str) else value

    @field_validator("engine")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for url in [] if value == "local" else addresses(value) or [""]:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError("it must be local, or URLs that begin with http:// or https://, with commas between")
            if parts.username or parts.password:
                raise ValueError("a URL may hold no password; use YUANJU_ENGINE_CREDENTIALS")
        return value

    @field_validator("reading_limits", mode="before")
    @classmethod
    def _limits(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        value = unicodedata.normalize("NFKC", value)
        bounds = dict(re.findall(r"\b(\w+)\s*=\s*(\d+)", value))
        known = [field.name for field in fields(Limits)]
        if not set(bounds) <= set(known) or re.sub(r"\b\w+\s*=\s*\d+|[\s,、]+", "", value):
            raise ValueError(f"it must look like page_count=20000, file_bytes=1000; the names are {', '.join(known)}")
        return Limits(**{name: int(bound) for name, bound in bounds.items()})

    @field_validator("private_folders", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        folders = {}
        for entry in filter(None, map(str.strip, re.split("[;；]", value))):
            folder, found, ids = entry.replace("＝", "=").rpartition("=")
            path = PurePosixPath(folder.strip())
            if not found or not path.parts or path.is_absolute() or ".." in path.parts:
                raise ValueError("each entry must look like FOLDER=ID,ID with a folder inside YUANJU_DOCUMENTS")
            folders[str(path)] = _ids(ids)
        return folders

    @model_validator(mode="after")
    def _keep_apart(self) -> Settings:
        if self.index_folder.resolve().is_relative_to(self.documents.resolve()):
            raise ValueError("YUANJU_INDEX must lie outside YUANJU_DOCUMENTS")
        return self

    @model_validator(mode="after")
    def _reached_by_telegram(self) -> Settings:
        if self.webhook_url is None:
            return self
        if self.webhook_url.scheme != "https" and self.telegram_api_url == _BOT_API:
            raise ValueError("YUANJU_WEBHOOK_URL must begin with https://: Telegram delivers to no other address")
        if not self.listen:
            raise ValueError("YUANJU_WEBHOOK_URL needs YUANJU_LISTEN, the address that its proxy passes requests on to")
        return self

    @property
    def index_folder(self) -> Path:
        """See ``bot.places``."""
        return places.index_folder(self.index, self.documents)


SECRETS = frozenset(name for name, field in Settings.model_fields.items() if field.annotation == SecretStr | None)
"""The settings that nobody may see."""


def _ids(text: str) -> list[str]:
    """Return what stands between commas, of either width, and spaces.

    >>> _ids("1001，-1002、１００３ 4")
    ['1001', '-1002', '1003', '4']
    """
    return re.findall(r"[^\s,、]+", unicodedata.normalize("NFKC", text))


def addresses(engine: str) -> list[str]:
    """Return the URLs that a setting holds, with commas or spaces between."""
    return re.sub("[,，、]", " ", engine).split()


def load(flags: dict[str, str], *, secret_files: Path = SECRET_FILES) -> Settings:
    """Build the settings; ``flags`` win over environment, ``.env`` and files like ``yuanju_telegram_token``.

    Raises ``SettingsError`` with one clear line.
    """
    _test_encoding(ENV_FILE)
    try:
        # pydantic turns the text of a flag into its type
        return Settings(_secrets_dir=secret_files if secret_files.is_dir() else None, **flags)  # type: ignore[arg-type, call-arg]
    except ValidationError as error:
        raise SettingsError.of(error) from None


def origins(
    settings: Settings, flags: Mapping[str, str], environment: Mapping[str, str], *, secret_files: Path = SECRET_FILES
) -> dict[str, tuple[str, str]]:
    """Return what differs from the defaults: by setting its text, ``…`` for a secret, and where that was found."""
    written = dotenv_values(ENV_FILE, encoding=_ENCODING)
    found: dict[str, tuple[str, str]] = {}
    for name, field in Settings.model_fields.items():
        variable = f"YUANJU_{name.upper()}"
        secret = secret_files / variable.lower()
        places = (
            (flags.get(name), f"--{name.replace('_', '-')}"),
            (environment.get(variable), "the environment"),
            (written.get(variable), str(ENV_FILE.resolve())),
            ("…" if secret.is_file() else None, str(secret)),
        )
        text, place = next(((text, place) for text, place in places if text), ("", ""))
        if place and getattr(settings, name) != field.get_default(call_default_factory=True):
            found[variable] = ("…" if name in SECRETS else text, place)
    return found


def _test_encoding(file: Path) -> None:
    """Raise ``SettingsError`` where a file is not in UTF-8; UTF-16 without a mark differs from it by its zeros."""
    try:
        text = file.read_bytes().decode(_ENCODING)
    except OSError:  # there is none, or whoever reads it says why not
        return
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise SettingsError(f"{file.resolve()} is not in UTF-8: save it as UTF-8 with your editor")
