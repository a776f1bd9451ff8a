"""One typed ``Settings``, built once: from flags, then the environment (``YUANJU_…``), then ``.env``, then defaults."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_cache_path
from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from retrieval.errors import YuanjuError

Ids = Annotated[frozenset[int], NoDecode]


class SettingsError(YuanjuError):
    """A setting that does not hold what it should; ``names`` are the settings concerned."""

    def __init__(self, error: ValidationError) -> None:
        # pydantic's own message would repeat the input, which may be a secret.
        problems = {f"YUANJU_{str(item['loc'][0]).upper()}": item["msg"] for item in error.errors()}
        self.names = tuple(problems)
        lines = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
        super().__init__(f"Wrong setting: {lines}. Set it by environment, in .env or by flag; see .env.example")


class Settings(BaseSettings):
    """Everything that can be set; the description of a field is its line in ``--help``."""

    model_config = SettingsConfigDict(
        env_prefix="YUANJU_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    documents: Path = Field(Path("seeds"), description="文档所在的文件夹，含子文件夹 (folder with the documents)")
    index: Path | None = Field(
        None,
        description="索引所在的文件夹，须在文档文件夹之外；默认在用户缓存中 (folder for the index, outside the documents; "
        "by default one of its own in the user's cache)",
    )
    engine: Literal["local"] = Field(
        "local", description="检索引擎：local 即本机索引 (local: the index on this machine)"
    )
    limit: int = Field(3, ge=1, le=50, description="一次最多给出几句 (sentences shown at once, at most)")
    threshold: float = Field(
        0.5,
        ge=0,
        le=1,
        description="置信度低于它就答“没有找到”，0 为从不拒答 (below this confidence: not found)",
    )
    telegram_token: SecretStr | None = Field(
        None, description="@BotFather 给的机器人令牌，须保密 (the bot's token, a secret)"
    )
    telegram_api_url: HttpUrl = Field(
        HttpUrl("https://api.telegram.org"), description="Bot API 服务器，可换成自建的 (Bot API server)"
    )
    admins: Ids = Field(frozenset(), description="管理员的 Telegram 用户号，以逗号分隔 (operators' user ids)")
    allowed_chats: Ids = Field(
        frozenset(), description="只在这些聊天里回答，以逗号分隔；留空则不限 (chats to answer in; empty: all)"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="日志级别 (how much is logged)")

    @field_validator("admins", "allowed_chats", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @property
    def index_folder(self) -> Path:
        """Where the index is: as set, or else one folder for each documents folder, so that two never mix."""
        if self.index is not None:
            return self.index
        documents = str(self.documents.resolve()).encode()
        return user_cache_path("yuanju") / hashlib.sha256(documents).hexdigest()[:16]


def load(flags: dict[str, str]) -> Settings:
    """Build the settings; ``flags`` win over environment and ``.env``.

    Raises ``SettingsError`` with one clear line.
    """
    try:
        return Settings(**flags)  # type: ignore[arg-type]  # pydantic turns the text of a flag into its type
    except ValidationError as error:
        raise SettingsError(error) from None
