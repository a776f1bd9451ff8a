"""What each setting may be, as pydantic reads it: texts of flags, environment, ``.env`` and files → ``Settings``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, get_type_hints
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl, SecretStr, ValidationError, create_model, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.settings import DEFAULTS, NAMES, SECRETS, Secret, Settings, SettingsError, addresses
from retrieval.reading import Limits

_Ids = Annotated[frozenset[int], NoDecode]
_NARROWER: dict[str, Any] = {
    **dict.fromkeys(SECRETS, SecretStr | None),
    "reading_limits": Annotated[Limits, NoDecode],
    "limit": Annotated[int, Field(ge=1, le=50)],
    "threshold": Annotated[float, Field(ge=0, le=1)],
    "sure_threshold": Annotated[float, Field(ge=0, le=1)],
    "follow_up_minutes": Annotated[float, Field(ge=0)],
    "telegram_api_url": HttpUrl,
    "admins": _Ids,
    "allowed_chats": _Ids,
    "private_folders": Annotated[dict[str, frozenset[int]], NoDecode],
    "person_per_minute": Annotated[int, Field(ge=0)],
    "webhook_url": HttpUrl | None,
    "listen": Annotated[str, Field(pattern=r"^(([\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5})?$")],
    "retention_days": Annotated[float, Field(gt=0)],
    "engine_prefix": Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")],
    "engine_shards": Annotated[int, Field(ge=1, le=1024)],
    "engine_replicas": Annotated[int, Field(ge=0, le=100)],
}
"""Settings that may be less than their type says."""


class _Texts(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="YUANJU_", env_file_encoding="utf-8-sig", env_ignore_empty=True, extra="ignore"
    )

    @field_validator("admins", "allowed_chats", mode="before", check_fields=False)
    @classmethod
    def _split(cls, value: Any) -> Any:
        return _ids(value) if isinstance(value, str) else value

    @field_validator("engine", check_fields=False)
    @classmethod
    def _addresses(cls, value: str) -> str:
        for url in [] if value == "local" else addresses(value) or [""]:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError("it must be local, or URLs that begin with http:// or https://, with commas between")
            if parts.username or parts.password:
                raise ValueError("a URL may hold no password; use YUANJU_ENGINE_CREDENTIALS")
        return value

    @field_validator("reading_limits", mode="before", check_fields=False)
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

    @field_validator("private_folders", mode="before", check_fields=False)
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


def _model() -> type[BaseSettings]:
    """Return the model of ``Settings``, whose types and defaults stand there."""
    types = get_type_hints(Settings) | _NARROWER
    definitions: dict[str, Any] = {name: (types[name], DEFAULTS[name]) for name in NAMES}
    return create_model("Texts", __base__=_Texts, **definitions)


_MODEL = _model()


def validated(values: Mapping[str, Any], *, env_file: Path | None = None, secret_files: Path | None = None) -> Settings:
    """Return the settings of these values, texts among them, and of the environment and the files.

    Raises ``SettingsError`` with one clear line.
    """
    try:
        read = _MODEL(_env_file=env_file, _secrets_dir=secret_files, **values)
    except ValidationError as error:
        raise SettingsError.of(_problems(error)) from None
    return Settings(**{name: _plain(getattr(read, name)) for name in read.model_fields_set})


def _plain(value: Any) -> Any:
    """Return a value as ``Settings`` has it, without pydantic's types."""
    match value:
        case SecretStr():
            return Secret(value.get_secret_value())
        case HttpUrl():
            return str(value)
    return value


def _problems(error: ValidationError) -> str:
    """Return what pydantic found, whose own message would repeat the input: it may be a secret."""
    problems = (
        ": ".join([*(f"YUANJU_{str(field).upper()}" for field in item["loc"][:1]), item["msg"]])
        for item in error.errors()
    )
    return "; ".join(problems).replace("Value error, ", "")


def _ids(text: str) -> list[str]:
    """Return what stands between commas, of either width, and spaces.

    >>> _ids("1001，-1002、１００３ 4")
    ['1001', '-1002', '1003', '4']
    """
    return re.findall(r"[^\s,、]+", unicodedata.normalize("NFKC", text))
