"""From the command line to the exit status: flags → settings → logging → what the command does.

What a command does not need is not imported: ``ask`` should answer at once, ``health`` is run every half minute, and
``serve`` may be told to stop before it has begun.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from bot.settings import Settings

FOUND, NOT_FOUND, ERROR = 0, 1, 2
"""Exit statuses, as grep's: found or fine, nothing found or a check failed, an error."""
_COLLECTED = 1_000_000
"""New objects after which it is looked what has become garbage: of the many that loading makes nothing does."""
_SWITCH_SECONDS = 0.001
"""For how long an answer may be worked on while what serves others, which takes a moment each time, has to wait."""
_HOLD_SECONDS = 600.0
_NO_MEMORY = "There is not enough memory; the index is as it was. Take out large documents, or use a larger machine"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    gc.set_threshold(_COLLECTED)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr: a pipe in GBK has no place for an emoji
    if "container" in os.environ:
        os.umask(0o002)  # its user may be another the next time, of the same group
    if argv[:1] == ["serve"]:
        sys.setswitchinterval(_SWITCH_SECONDS)
        signal.signal(signal.SIGTERM, _leave)
    try:
        if argv[:1] == ["health"] and (status := _health_at_once(argv[1:])) is not None:
            return status
        return _run(argv)
    finally:
        gc.freeze()  # or Python, as it ends, would look through all that has been loaded: a seventh of an ``ask``


def _leave(*_: object) -> NoReturn:
    """End with status 0 on a SIGTERM that comes before there is anything to finish. Imports nothing: it interrupts."""
    raise SystemExit(FOUND)


def _hold() -> None:
    """Stay until a SIGTERM, or ten minutes: what keeps a container running would start it again at once, for ever."""
    import time

    from bot.terminal.screen import said

    signal.signal(signal.SIGTERM, _leave)
    print(said("Nothing is tried again for ten minutes: restart the container."), file=sys.stderr)  # noqa: T201
    time.sleep(_HOLD_SECONDS)


def _health_at_once(flags: Sequence[str]) -> int | None:
    """The status of ``health`` without settings, which take longer; ``None`` where they are needed to tell."""
    from bot import places
    from bot.entry_points import healthy

    folder = places.served(flags, os.environ)
    return None if folder is None else FOUND if healthy(folder) else NOT_FOUND


def _run(argv: Sequence[str]) -> int:
    import asyncio

    from bot import commands
    from bot.configuration import load
    from bot.entry_points import ENTRY_POINTS
    from bot.language import operator_language
    from bot.operations.logs import configure_logging
    from bot.terminal.screen import said
    from retrieval.errors import YuanjuError

    try:
        arguments = commands.parser(operator_language(os.environ)).parse_args(argv)
        settings = load(commands.flags(arguments))
        if settings.language:  # by flag or in .env: from here on as if the environment said so
            os.environ["YUANJU_LANGUAGE"] = settings.language
        serving = arguments.command == "serve"
        configure_logging(
            settings.log_level if arguments.command in {"serve", "index"} else "WARNING",
            secrets=_secrets(settings),
            as_json=serving and not sys.stderr.isatty(),
            with_questions=settings.log_questions,
            said=said,
        )
        return FOUND if asyncio.run(ENTRY_POINTS[arguments.command](settings, arguments)) else NOT_FOUND
    except YuanjuError as error:
        print(f"yuanju: {said(str(error))}", file=sys.stderr)  # noqa: T201
        if argv[:1] == ["serve"] and "container" in os.environ and not sys.stderr.isatty():
            _hold()
        return ERROR
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "can't start new thread" not in str(error):
            raise
        print(f"yuanju: {said(_NO_MEMORY)}", file=sys.stderr)  # noqa: T201
        return ERROR
    except asyncio.CancelledError:  # SIGTERM while serve was starting
        return FOUND
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output is gone; Python must not stumble over it once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR


def _secrets(settings: Settings) -> list[str]:
    """What no record may show, besides what has the shape of a secret."""
    from urllib.parse import unquote, urlsplit

    from bot.settings import SECRETS

    hidden = {name: secret.value for name in SECRETS if (secret := getattr(settings, name))}
    token, secrets = hidden.get("telegram_token", ""), list(hidden.values())
    for name in ("database", "telegram_proxy"):
        with suppress(ValueError):
            secrets.append(unquote(urlsplit(hidden.get(name, "")).password or ""))
    if token and settings.webhook_url:
        from bot.telegram.webhook import secret_of

        secrets.append(secret_of(token))
    return secrets


if __name__ == "__main__":
    sys.exit(main())
