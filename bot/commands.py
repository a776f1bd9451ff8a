"""The commands and their flags, as they are typed: what every one takes, and how it explains itself."""

from __future__ import annotations

import argparse
from importlib.metadata import version
from pathlib import Path

from bot.settings import Settings

COMMANDS = {
    "serve": ("Telegram 机器人 (run the Telegram bot)", "YUANJU_TELEGRAM_TOKEN=123456789:AAF… yuanju serve"),
    "chat": ("在终端里对话 (the same conversation in the terminal)", "yuanju chat --documents ~/文档"),
    "ask": (
        "问一个问题 (answer one question)",
        'yuanju ask "目标是多少？"\n  yuanju ask - --json < questions.txt',
    ),
    "index": ("更新索引并报告每个文档 (bring the index up to date)", "yuanju index --documents ~/文档"),
    "evaluate": (
        "用题集衡量答案 (measure the answers on question sets)",
        "yuanju evaluate 题集.tsv\n  yuanju evaluate squad.json --unanswerable others.json",
    ),
    "check": ("检查配置、文档、索引和 Telegram (test the configuration)", "yuanju check"),
    "backup": (
        "备份索引和记录，机器人不必停 (back up the index and the records, while the bot goes on)",
        "yuanju backup 备份.tar.gz",
    ),
    "restore": ("恢复备份 (put a backup back in place)", "yuanju restore 备份.tar.gz"),
    "health": ("serve 是否听得到 Telegram，供容器探活 (does serve hear Telegram? for containers)", "yuanju health"),
}
"""What each command is for, and an example."""


def parser() -> argparse.ArgumentParser:
    """What reads a command line."""
    reader = argparse.ArgumentParser(
        prog="yuanju",
        description="原句：向文档提问，得到原句和出处 (ask your documents, get the original sentence with its source)",
        epilog="每个命令的说明：yuanju COMMAND --help",
        allow_abbrev=False,
    )
    reader.add_argument("--version", action="version", version=f"%(prog)s {version('yuanju')}")
    commands = reader.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (purpose, example) in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=purpose,
            description=purpose,
            epilog=f"例 (example):\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if name == "ask":
            command.add_argument(
                "question", metavar="QUESTION", help="问题；- 表示从标准输入逐行读 (-: standard input)"
            )
        if name == "evaluate":
            command.add_argument(
                "files", metavar="FILE", nargs="+", type=Path, help="SQuAD 格式的 .json，或“问题⇥应答句”的 .tsv"
            )
            command.add_argument(
                "--unanswerable", metavar="FILE", type=Path, help="答不了的问题，SQuAD 格式 (questions to refuse)"
            )
        if name in {"backup", "restore"}:
            command.add_argument("file", metavar="FILE", type=Path, help="备份文件 (the backup)")
        if name == "restore":
            command.add_argument(
                "--force",
                action="store_true",
                help="即使机器人正在运行，或现有的比备份新 (even over a running bot or newer records)",
            )
        if name in {"ask", "index", "evaluate"}:
            command.add_argument("--json", action="store_true", help="每行一个 JSON 对象 (one JSON object a line)")
        settings = command.add_argument_group("设置 (settings；也可用环境变量 YUANJU_… 或 .env)")
        for field, info in Settings.model_fields.items():
            flag = "--" + field.replace("_", "-")
            settings.add_argument(flag, dest=field, metavar=field.rpartition("_")[2].upper(), help=info.description)
    return reader


def flags(arguments: argparse.Namespace) -> dict[str, str]:
    """The settings that were given as flags, as text."""
    return {name: value for name in Settings.model_fields if (value := getattr(arguments, name)) is not None}
