"""One typed ``Settings``, built once: from flags, then the environment (``YUANJU_…``), then ``.env``, then defaults."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import places
from retrieval.errors import YuanjuError
from retrieval.reading import Limits

Ids = Annotated[frozenset[int], NoDecode]
Folders = Annotated[dict[str, frozenset[int]], NoDecode]


SECRET_FILES = Path("/run/secrets")
"""Where containers find secrets, each in a file that is named as its setting in lower case."""


class SettingsError(YuanjuError):
    """A setting that does not hold what it should; the message names each."""

    def __init__(self, error: ValidationError) -> None:
        # pydantic's own message would repeat the input, which may be a secret.
        problems = [
            ": ".join([*(f"YUANJU_{str(field).upper()}" for field in item["loc"][:1]), item["msg"]])
            for item in error.errors()
        ]
        super().__init__(f"Wrong setting: {'; '.join(problems)}. It can be set as in .env.example or by flag")


class Settings(BaseSettings):
    """Everything that can be set; the description of a field is its line in ``--help``."""

    model_config = SettingsConfigDict(
        env_prefix="YUANJU_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    documents: Path = Field(places.DOCUMENTS, description="文档所在的文件夹，含子文件夹 (folder with the documents)")
    index: Path | None = Field(
        None,
        description="索引所在的文件夹，须在文档文件夹之外；默认在用户缓存中 (folder for the index, outside the "
        "documents; by default one of its own in the user's cache)",
    )
    engine: str = Field(
        "local",
        description="检索引擎：local 即本机索引，或 OpenSearch 集群的网址，以逗号分隔 "
        "(local: the index on this machine; or URLs of an OpenSearch cluster)",
    )
    engine_prefix: str = Field(
        "yuanju",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$",
        description="集群里索引名的开头，别的索引一概不碰 (begins the names of all indices in the cluster)",
    )
    engine_shards: int = Field(1, ge=1, le=1024, description="集群里新索引分几片 (shards of a new index)")
    engine_replicas: int = Field(1, ge=0, le=100, description="每片另存几份 (further copies of each shard)")
    engine_user: str | None = Field(None, description="集群的用户名 (user of the cluster)")
    engine_password: SecretStr | None = Field(None, description="集群的密码，须保密 (its password, a secret)")
    engine_api_key: SecretStr | None = Field(
        None, description="集群的 API 密钥，代替用户名和密码，须保密 (an API key in their place, a secret)"
    )
    engine_aws_region: str | None = Field(
        None, description="按 AWS 的方式为这个区域签名，代替密码 (sign requests for this AWS region instead)"
    )
    engine_authority: Path | None = Field(
        None, description="签发集群证书的机构的证书文件 (file with the certificate authority to trust)"
    )
    engine_verify: bool = Field(True, description="是否检查集群的证书 (whether certificates are checked)")
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
    private_folders: Folders = Field(
        {},
        description="只给某些聊天看的文件夹，如 人事=1001,-1002; 财务/内部=1001 (folders that only some chats may see)",
    )
    person_per_minute: int = Field(
        600, ge=0, description="每人每分钟最多问几次，0 为不限 (questions a minute from one person; 0: no limit)"
    )
    chat_per_minute: int = Field(
        1200, ge=0, description="每个群每分钟最多问几次，0 为不限 (questions a minute from one group; 0: no limit)"
    )
    follow_up_minutes: float = Field(
        10, ge=0, description="多久之内可以接着上一个问题问，0 为从不 (for how long a question can be followed up)"
    )
    database: SecretStr | None = Field(
        None,
        description="记录所在的数据库，如 postgresql://user:password@host/name；默认是索引旁的 SQLite "
        "(database for votes and records; by default SQLite beside the index)",
    )
    retention_days: float = Field(90, gt=0, description="记录保留几天 (how many days records are kept)")
    reading_limits: Annotated[Limits, NoDecode] = Field(
        Limits(),
        description="读文档的上限，如 page_count=20000, file_bytes=1000000000，全部名称见 docs/reading.md "
        "(bounds of reading; all names are in docs/reading.md)",
    )
    watch: Literal["auto", "poll", "off"] = Field(
        "auto",
        description="serve 和 chat 是否跟着文档文件夹的改动：auto 为是，poll 为定时去看（网络盘），off 为否 "
        "(follow changes of the folder: auto, poll where it tells of none, off)",
    )
    question_minutes: float = Field(
        60,
        gt=0,
        description="多久以前的问题就不再回答，而是请人重新问 (questions older than this get an apology instead)",
    )
    webhook_url: HttpUrl | None = Field(
        None,
        description="让 Telegram 把消息送到这个公开的 https 地址，需要 YUANJU_LISTEN；留空则自己去取 "
        "(public address for Telegram's webhook; empty: long polling)",
    )
    listen: str = Field(
        "",
        pattern=r"^(([\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5})?$",
        description="在哪里提供 /healthz、/readyz、/metrics，如 127.0.0.1:8080；留空则不提供 "
        "(where to serve health and metrics; empty: nowhere)",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="日志级别 (how much is logged)")
    log_questions: bool = Field(
        False, description="日志里写不写问题的文字：true 或 false (whether the log holds the text of questions)"
    )

    @field_validator("admins", "allowed_chats", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("engine")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for url in [] if value == "local" else addresses(value) or [""]:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValueError("it must be local, or URLs that begin with http:// or https://, with commas between")
            if parts.username or parts.password:
                raise ValueError("a URL may hold no password; use YUANJU_ENGINE_USER and YUANJU_ENGINE_PASSWORD")
        return value

    @field_validator("reading_limits", mode="before")
    @classmethod
    def _limits(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        bounds = dict(re.findall(r"\b(\w+)\s*=\s*(\d+)", value))
        known = [field.name for field in fields(Limits)]
        if not set(bounds) <= set(known) or re.sub(r"\b\w+\s*=\s*\d+|[\s,]+", "", value):
            raise ValueError(f"it must look like page_count=20000, file_bytes=1000; the names are {', '.join(known)}")
        return Limits(**{name: int(bound) for name, bound in bounds.items()})

    @field_validator("private_folders", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        folders = {}
        for entry in filter(None, map(str.strip, value.split(";"))):
            folder, found, ids = entry.rpartition("=")
            path = PurePosixPath(folder.strip())
            if not found or not path.parts or path.is_absolute() or ".." in path.parts:
                raise ValueError("each entry must look like FOLDER=ID,ID with a folder inside YUANJU_DOCUMENTS")
            folders[str(path)] = ids.replace(",", " ").split()
        return folders

    @model_validator(mode="after")
    def _keep_apart(self) -> Settings:
        if self.index_folder.resolve().is_relative_to(self.documents.resolve()):
            raise ValueError("YUANJU_INDEX must lie outside YUANJU_DOCUMENTS")
        return self

    @model_validator(mode="after")
    def _listen_for_webhook(self) -> Settings:
        if self.webhook_url and not self.listen:
            raise ValueError("YUANJU_WEBHOOK_URL needs YUANJU_LISTEN, the address that its proxy passes requests on to")
        return self

    @property
    def index_folder(self) -> Path:
        """See ``bot.places``."""
        return places.index_folder(self.index, self.documents)


SECRETS = frozenset(name for name, field in Settings.model_fields.items() if field.annotation == SecretStr | None)
"""The settings that nobody may see."""


def addresses(engine: str) -> list[str]:
    """Give the URLs that a setting holds, with commas or spaces between."""
    return engine.replace(",", " ").split()


def load(flags: dict[str, str], *, secret_files: Path = SECRET_FILES) -> Settings:
    """Build the settings; ``flags`` win over environment, ``.env`` and files like ``yuanju_telegram_token``.

    Raises ``SettingsError`` with one clear line.
    """
    try:
        # pydantic turns the text of a flag into its type
        return Settings(_secrets_dir=secret_files if secret_files.is_dir() else None, **flags)  # type: ignore[arg-type, call-arg]
    except ValidationError as error:
        raise SettingsError(error) from None
