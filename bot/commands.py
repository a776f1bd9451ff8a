"""The commands and their flags, as they are typed: what every one takes, and how it explains itself."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from bot import reference
from bot.language import OperatorLanguage
from bot.operations.logs import RedactingFormatter
from bot.settings import NAMES, SettingsError

COMMANDS: dict[str, tuple[dict[OperatorLanguage, str], str, str]] = {
    "serve": ({"zh": "Telegram 机器人", "en": "run the Telegram bot"}, "", "yuanju serve"),
    "chat": (
        {"zh": "在终端里对话", "en": "the same conversation in the terminal"},
        "",
        "yuanju chat --documents ~/Documents",
    ),
    "ask": (
        {"zh": "问一个问题", "en": "answer one question"},
        "QUESTION",
        'yuanju ask "目标是多少？"\n  yuanju ask - --json < questions.txt',
    ),
    "sample": (
        {"zh": "写出两个示例文档，先试试看", "en": "write two short documents to try it with"},
        "[FOLDER]",
        "yuanju sample\n  yuanju chat --documents sample",
    ),
    "index": (
        {"zh": "更新索引并报告每个文档", "en": "bring the index up to date and report on each document"},
        "[PATH…]",
        "yuanju index --documents ~/Documents",
    ),
    "evaluate": (
        {"zh": "用题集衡量答案", "en": "measure the answers on question sets"},
        "FILE…",
        "yuanju evaluate questions.tsv\n  yuanju evaluate squad.json --unanswerable others.json",
    ),
    "check": (
        {"zh": "检查配置、文档、索引和 Telegram", "en": "test the settings, the documents, the index and Telegram"},
        "",
        "yuanju check",
    ),
    "backup": (
        {"zh": "备份索引和记录，机器人不必停", "en": "back up the index and the records, while the bot goes on"},
        "FILE",
        "yuanju backup yuanju.tar.gz",
    ),
    "restore": ({"zh": "恢复备份", "en": "put a backup back in place"}, "FILE", "yuanju restore yuanju.tar.gz"),
    "health": (
        {"zh": "serve 是否听得到 Telegram，供容器探活", "en": "tell whether serve hears Telegram, for containers"},
        "",
        "yuanju health",
    ),
}
"""What each command is for, what it takes besides options, and an example."""

_WORDS: dict[str, dict[OperatorLanguage, str]] = {
    "about": {
        "zh": "原句：向文档提问，得到原句和出处",
        "en": "Yuanju: ask your documents, get the original sentence with its source",
    },
    "more": {"zh": "每个命令的说明：yuanju 命令 --help", "en": "More on each command: yuanju COMMAND --help"},
    "usage": {"zh": "用法：", "en": "Usage: "},
    "commands": {"zh": "命令", "en": "Commands"},
    "options": {"zh": "选项", "en": "Options"},
    "example": {"zh": "例", "en": "Example"},
    "help": {"zh": "显示这段说明", "en": "show this help"},
    "version": {"zh": "显示版本", "en": "show the version"},
    "question": {
        "zh": "问题；- 表示从标准输入逐行读",
        "en": "the question; - reads one a line from standard input",
    },
    "files": {
        "zh": "SQuAD 格式的 .json，或“问题⇥应答句”的 .tsv",
        "en": "SQuAD's .json, or .tsv: question, tab, regular expression of the answer",
    },
    "unanswerable": {"zh": "答不了的问题，SQuAD 格式", "en": "questions to refuse, as SQuAD's .json"},
    "backup": {"zh": "备份文件", "en": "the backup"},
    "sample": {"zh": "写到哪里；默认是 sample", "en": "where to write them; by default sample"},
    "literal": {
        "zh": "按原文查找，不改错别字",
        "en": "search as typed; correct no misspelling",
    },
    "force": {
        "zh": "即使机器人正在运行，或现有的比备份新",
        "en": "even over a running bot or newer records",
    },
    "places": {
        "zh": "只看这些文件或文件夹，写法同报告",
        "en": "look at these files or folders only, written as in the report",
    },
    "brief": {"zh": "报告里略去没有变化的", "en": "leave what has not changed out of the report"},
    "compact": {
        "zh": "更新后把索引的各段并成一段，和重新做的一样",
        "en": "then merge the index into one segment, as one made anew",
    },
    "json": {"zh": "每行一个 JSON 对象", "en": "one JSON object a line"},
    "environment": {"zh": "环境变量和 .env", "en": "Environment variables and .env"},
    "settings": {
        "zh": "每个设置都可以这样给：--limit 即 YUANJU_LIMIT；须保密的只能这样给：",
        "en": "Every setting can be given there: --limit is YUANJU_LIMIT. Secrets can be given there only:",
    },
}


def parser(language: OperatorLanguage) -> argparse.ArgumentParser:
    """Return what reads a command line and explains it in a language; it raises ``SettingsError`` for a secret."""

    def say(key: str) -> str:
        return _WORDS[key][language]

    def typed(placeholders: str) -> str:
        return reference.placeholders(placeholders, language)

    class Formatter(argparse.RawDescriptionHelpFormatter):
        def add_usage(
            self,
            usage: str | None,
            actions: Iterable[argparse.Action],
            groups: Iterable[Any],
            prefix: str | None = None,
        ) -> None:
            super().add_usage(usage, actions, groups, say("usage") if prefix is None else prefix)

    style: dict[str, Any] = {"formatter_class": Formatter, "allow_abbrev": False, "add_help": False}
    reader = _Parser(
        "yuanju", usage=typed("yuanju COMMAND [OPTION…]"), description=say("about"), epilog=say("more"), **style
    )
    options = reader.add_argument_group(say("options"))
    options.add_argument("-h", "--help", action="help", help=say("help"))
    options.add_argument("--version", action=_Version, nargs=0, help=say("version"))
    commands = reader.add_subparsers(
        prog="yuanju", dest="command", required=True, metavar=typed("COMMAND"), title=say("commands")
    )
    for name, (purpose, takes, example) in COMMANDS.items():
        usage, about = typed(f"yuanju {name} [OPTION…] {takes}".rstrip()), purpose[language]
        command = commands.add_parser(
            name, usage=usage, help=about, description=about, epilog=f"{say('example')}:\n  {example}", **style
        )
        options = command.add_argument_group(say("options"))
        if name == "ask":
            options.add_argument("question", metavar=typed("QUESTION"), help=say("question"))
        if name == "evaluate":
            options.add_argument("files", metavar=typed("FILE"), nargs="+", type=Path, help=say("files"))
            options.add_argument("--unanswerable", metavar=typed("FILE"), type=Path, help=say("unanswerable"))
        if name == "sample":
            options.add_argument("folder", metavar=typed("FOLDER"), nargs="?", type=Path, help=say("sample"))
        if name in {"backup", "restore"}:
            options.add_argument("file", metavar=typed("FILE"), type=Path, help=say("backup"))
        if name == "restore":
            options.add_argument("--force", action="store_true", help=say("force"))
        if name == "ask":
            options.add_argument("--literal", action="store_true", help=say("literal"))
        if name == "index":
            options.add_argument("places", metavar=typed("PATH"), nargs="*", help=say("places"))
            options.add_argument("--brief", action="store_true", help=say("brief"))
            options.add_argument("--compact", action="store_true", help=say("compact"))
        if name in {"ask", "index", "evaluate"}:
            options.add_argument("--json", action="store_true", help=say("json"))
        options.add_argument("-h", "--help", action="help", help=say("help"))
        command.fill = partial(_add_settings, command, language)
    return reader


def _add_settings(command: argparse.ArgumentParser, language: OperatorLanguage) -> None:
    for group in reference.groups():
        shown = command.add_argument_group(group.title[language])
        for entry in group.entries:
            if entry.secret:
                command.add_argument(entry.flag, dest=entry.name, action=_Secret, help=argparse.SUPPRESS)
            else:
                words = entry.words[language] + (f" ({entry.default})" if entry.default else "")
                shown.add_argument(entry.flag, dest=entry.name, metavar=entry.typed(language), help=words)
    secrets = ", ".join(entry.variable for group in reference.groups() for entry in group.entries if entry.secret)
    command.add_argument_group(_WORDS["environment"][language], f"{_WORDS['settings'][language]}\n{secrets}")


class _Parser(argparse.ArgumentParser):
    """Repeats no secret of a command line that it does not understand; ``fill`` completes it once it is needed."""

    fill: Callable[[], None] | None = None

    def parse_known_args(self, *arguments: Any, **options: Any) -> Any:
        if self.fill:
            fill, self.fill = self.fill, None
            fill()
        return super().parse_known_args(*arguments, **options)

    def error(self, message: str) -> NoReturn:
        super().error(RedactingFormatter().redacted(message))


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(parser.prog, version("yuanju"))  # noqa: T201 - this is the output
        parser.exit()


class _Secret(argparse.Action):
    """Raises ``SettingsError`` for a secret on the command line."""

    def __call__(self, *_: object) -> NoReturn:
        raise SettingsError(
            f"{self.option_strings[0]} cannot be given here: everybody on this machine can see the command line in the "
            f"list of processes. Set YUANJU_{self.dest.upper()} in .env or in the environment instead"
        )


def flags(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the settings that were given as flags, as text."""
    return {name: value for name in NAMES if (value := getattr(arguments, name)) is not None}
