"""Where settings are found: flags win over the environment (``YUANJU_…``), that over ``.env``, that over secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.settings import DEFAULTS, NAMES, SECRETS, Secret, Settings, SettingsError

SECRET_FILES = Path("/run/secrets")
"""Where containers find secrets, each in a file that is named as its setting in lower case."""
ENV_FILE = Path(".env")
_ENCODING = "utf-8-sig"  # editors on Windows begin a file with a mark

_ANY_TEXT: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("documents", "index", "meaning"), Path),
    **dict.fromkeys(SECRETS, Secret),
}
"""Settings for which every text will do: folders and secrets."""


def load(flags: Mapping[str, str], *, secret_files: Path = SECRET_FILES) -> Settings:
    """Build the settings; ``flags`` win over environment, ``.env`` and files like ``yuanju_telegram_token``.

    Raises ``SettingsError`` with one clear line.
    """
    _test_encoding(ENV_FILE)
    texts = {name: text for name, (text, _) in _found(flags, os.environ, secret_files).items()}
    if texts.keys() <= _ANY_TEXT.keys():  # as mostly: pydantic takes longer to load than a question to be answered
        return Settings(**{name: _ANY_TEXT[name](text) for name, text in texts.items()})
    from bot.validation import validated

    return validated(flags, env_file=ENV_FILE, secret_files=secret_files if secret_files.is_dir() else None)


def origins(
    settings: Settings, flags: Mapping[str, str], environment: Mapping[str, str], *, secret_files: Path = SECRET_FILES
) -> dict[str, tuple[str, str]]:
    """Return what differs from the defaults: by setting its text, ``…`` for a secret, and where that was found."""
    return {
        f"YUANJU_{name.upper()}": ("…" if name in SECRETS or place == _secret_file(name, secret_files) else text, place)
        for name, (text, place) in _found(flags, environment, secret_files).items()
        if getattr(settings, name) != DEFAULTS[name]
    }


def _found(flags: Mapping[str, str], environment: Mapping[str, str], secret_files: Path) -> dict[str, tuple[str, str]]:
    """Return the text of each setting that is set, and where it was found."""
    found: dict[str, tuple[str, str]] = {}
    for written, place in _sources(environment, secret_files):
        texts = {name.lower(): text for name, text in written.items()}
        found = {name: (text, place(name)) for name in NAMES if (text := texts.get(f"yuanju_{name}"))} | found
    return found | {name: (text, f"--{name.replace('_', '-')}") for name, text in flags.items()}


def _sources(
    environment: Mapping[str, str], secret_files: Path
) -> Iterator[tuple[Mapping[str, str | None], Callable[[str], str]]]:
    yield environment, lambda _: "the environment"
    if ENV_FILE.is_file():
        from dotenv import dotenv_values

        yield dotenv_values(ENV_FILE, encoding=_ENCODING), lambda _: str(ENV_FILE.resolve())
    if secret_files.is_dir():
        names = {f"yuanju_{name}" for name in NAMES}
        secrets = [path for path in secret_files.iterdir() if path.name.lower() in names and path.is_file()]
        texts = {path.name: path.read_text("utf-8").strip() for path in secrets}
        yield texts, lambda name: _secret_file(name, secret_files)


def _secret_file(name: str, folder: Path) -> str:
    return str(folder / f"yuanju_{name}")


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
