"""Measures reading: that encodings are read exactly or called doubtful, that nothing stops a run, and how fast it is.

python -m benchmarks.reading encodings [--texts 200]
python -m benchmarks.reading fuzz [--inputs 10000]
python -m benchmarks.reading speed [--documents 200]
python -m benchmarks.reading folder [--files 10000]
python -m benchmarks.reading markdown [--files 1600]
python -m benchmarks.reading hostile
python -m benchmarks.reading ocr [--pages 4]

Exit status 1 when a promise is broken: a text read wrong in silence; an error other than ``UnreadableDocument``, more
than 5 seconds for an input, or more than 1 GiB of memory; more than 2 % of the characters in pictures read wrongly.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.reading_fuzz import fuzz
from benchmarks.reading_ocr import measure_ocr
from benchmarks.reading_samples import samples
from retrieval.engines.local import LocalEngine
from retrieval.errors import UnreadableDocument
from retrieval.language import Tokenizer
from retrieval.library import Library
from retrieval.reading import read
from testbed.hostile import hostile

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "big5")
KINDS = ("common", "rare", "mixed")
ASCII_HEAD = "A head of plain ASCII, as exported files begin with: version 1.0, id=42; see below.\n" * 50
PUNCTUATION = "，。、；：！？“”（）《》"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("encodings").add_argument("--texts", type=int, default=200, help="for each encoding")
    commands.add_parser("fuzz").add_argument("--inputs", type=int, default=10_000, help="over all formats")
    commands.add_parser("speed").add_argument("--documents", type=int, default=200, help="of each format")
    commands.add_parser("folder").add_argument("--files", type=int, default=10_000, help="of all formats, mixed")
    commands.add_parser("markdown").add_argument("--files", type=int, default=1_600, help="of 16 kB each")
    commands.add_parser("hostile")
    commands.add_parser("ocr").add_argument("--pages", type=int, default=4, help="of each kind")
    options = parser.parse_args()
    generator = random.Random(options.seed)
    match options.command:
        case "encodings":
            status = measure_encodings(generator, options.texts)
        case "fuzz":
            status = fuzz(generator, options.inputs)
        case "speed":
            status = measure_speed(options.documents)
        case "folder":
            status = asyncio.run(measure_folder(options.files))
        case "markdown":
            status = asyncio.run(measure_markdown(generator, options.files))
        case "hostile":
            status = asyncio.run(measure_hostile(generator))
        case _:
            status = recognise(generator, options.pages)
    return status


def measure_encodings(generator: random.Random, text_count: int) -> int:
    outcomes: dict[tuple[str, str], Counter[str]] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        usual = usual_words(place)
        writers = {encoding: TextWriter(generator, encoding, usual) for encoding in ENCODINGS}
        for encoding in ENCODINGS:
            for number in range(text_count):
                kind = KINDS[number % len(KINDS)]
                head = ASCII_HEAD if number % 2 else ""
                text = head + writers[encoding].text(kind, generator.choice((8, 20, 50, 200, 1000)))
                (folder / "a.txt").write_bytes(text.encode(encoding))
                outcomes.setdefault((encoding, kind), Counter())[outcome(folder, text)] += 1
    names = ("exact", "doubtful, right", "doubtful, wrong", "not read", "WRONG IN SILENCE")
    print("| encoding | characters | " + " | ".join(names) + " |\n|---|---|" + "---:|" * len(names))
    for (encoding, kind), counts in outcomes.items():
        print(f"| {encoding} | {kind} | " + " | ".join(str(counts[name]) for name in names) + " |")
    total = sum(outcomes.values(), Counter())
    print("| all | | " + " | ".join(str(total[name]) for name in names) + " |")
    return int(total["WRONG IN SILENCE"] > 0)


def outcome(folder: Path, text: str) -> str:
    """How the text, which is in ``a.txt``, is read there."""
    try:
        (document,) = read(folder, "a.txt").documents
    except UnreadableDocument:
        return "not read"
    found = "".join(paragraph.text for paragraph in document.paragraphs)
    # White space and headings are reading's business, characters are not: only those are compared.
    heads = "".join(dict.fromkeys([document.source.title, *(part for p in document.paragraphs for part in p.section)]))
    right = Counter(found + heads) >= Counter("".join(text.split())) - Counter(" ")
    doubtful = any("encoding is doubtful" in remark for remark in document.remarks)
    if right:
        return "doubtful, right" if doubtful else "exact"
    return "doubtful, wrong" if doubtful else "WRONG IN SILENCE"


class TextWriter:
    """Writes Chinese texts of characters that an encoding has."""

    def __init__(self, generator: random.Random, encoding: str, usual_words: dict[str, int]) -> None:
        from opencc import OpenCC

        self.generator = generator
        script = OpenCC("s2t") if encoding == "big5" else None
        written = ((script.convert(word) if script else word, count) for word, count in usual_words.items())
        kept = [(word, count) for word, count in written if fits(word, encoding)]
        self.words, self.counts = [word for word, _ in kept], [count for _, count in kept]
        common = set("".join(self.words))
        blocks = (range(0x4E00, 0x9FA6), range(0x3400, 0x4DB6), range(0x20000, 0x20400))
        characters = (chr(code) for block in blocks for code in block)
        self.rare = [character for character in characters if character not in common and fits(character, encoding)]

    def text(self, kind: str, length: int) -> str:
        """A text of at least so many characters: of everyday words, of seldom ones, or of both."""
        pieces: list[str] = []
        while sum(map(len, pieces)) < length:
            seldom = kind == "rare" or (kind == "mixed" and self.generator.random() < 0.3)
            if seldom:
                pieces.append("".join(self.generator.choices(self.rare, k=self.generator.randint(1, 4))))
            else:
                pieces.append(self.generator.choices(self.words, self.counts)[0])
            if self.generator.random() < 0.12:
                pieces.append(self.generator.choice(PUNCTUATION))
        return "".join(pieces) + "。"


def usual_words(cache_folder: str) -> dict[str, int]:
    """Everyday Chinese words and how often they occur, from jieba's dictionary."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = cache_folder
    tokenizer.initialize()
    return {word: count for word, count in tokenizer.FREQ.items() if count > 500}


def fits(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


def measure_speed(document_count: int) -> int:
    print("| file | bytes | ms a document |\n|---|---:|---:|")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, data in samples().items():
            (folder / name).write_bytes(data)
            read(folder, name)
            started = time.perf_counter()
            for _ in range(document_count):
                read(folder, name)
            milliseconds = (time.perf_counter() - started) / document_count * 1000
            print(f"| {name} | {len(data):,} | {milliseconds:.2f} |")
    return 0


async def measure_folder(file_count: int) -> int:
    """Index a folder of mixed files, again without a change, and again with one file changed."""
    with tempfile.TemporaryDirectory() as place:
        folder, kinds = Path(place) / "documents", list(samples().items())
        for number in range(file_count):
            name, data = kinds[number % len(kinds)]
            path = folder / f"{number % 50:02}" / f"{number:06}-{name}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        tokenizer = Tokenizer(Path(place) / "jieba")
        engine = LocalEngine(Path(place) / "index", tokenizer)
        library = Library(folder, engine, tokenizer)
        print("| files | read | documents | seconds |\n|---:|---:|---:|---:|")
        for text in (None, None, "第二次写的。"):
            if text:
                (folder / "00" / "new.txt").write_text(text, encoding="utf-8")
            started = time.perf_counter()
            report = await library.refresh()
            seconds = time.perf_counter() - started
            brought = report.count("added", "changed")
            print(f"| {len(report.files):,} | {brought:,} | {report.document_count:,} | {seconds:.1f} |")
        engine.close()
    return 0


async def measure_markdown(generator: random.Random, file_count: int) -> int:
    """Index a folder of Markdown as manuals are written, and tell what it took of the processors."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "documents"
        folder.mkdir()
        writer = MarkdownWriter(TextWriter(generator, "utf-8", usual_words(place)), generator)
        size = sum((folder / f"{number:05}.md").write_bytes(writer.page().encode()) for number in range(file_count))
        tokenizer = Tokenizer(Path(place) / "jieba")
        engine = LocalEngine(Path(place) / "index", tokenizer)
        started, spent = time.perf_counter(), processor_seconds()
        report = await Library(folder, engine, tokenizer).refresh()
        seconds, spent = time.perf_counter() - started, processor_seconds() - spent
        engine.close()
    paragraphs = sum(document.paragraph_count for file in report.files for document in file.documents)
    print("| files | MB | paragraphs | seconds | seconds of processors |\n|---:|---:|---:|---:|---:|")
    print(f"| {file_count:,} | {size / 1e6:.1f} | {paragraphs:,} | {seconds:.1f} | {spent:.1f} |")
    return 0


def recognise(generator: random.Random, page_count: int) -> int:
    with tempfile.TemporaryDirectory() as place:
        writer = TextWriter(generator, "utf-8", usual_words(place))
    return measure_ocr(generator, lambda length: writer.text("common", length), page_count, processor_seconds)


async def measure_hostile(generator: random.Random) -> int:
    """Index two hundred good files with twenty hostile ones among them."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "documents"
        folder.mkdir()
        writer = MarkdownWriter(TextWriter(generator, "utf-8", usual_words(place)), generator)
        for number in range(200):
            (folder / f"{number:03}.md").write_text(writer.page(), encoding="utf-8")
        bad = hostile()
        for name, data in bad.items():
            (folder / name).write_bytes(data)
        tokenizer = Tokenizer(Path(place) / "jieba")
        engine = LocalEngine(Path(place) / "index", tokenizer)
        started = time.perf_counter()
        report = await Library(folder, engine, tokenizer).refresh()
        seconds = time.perf_counter() - started
        engine.close()
    named = {file.path for file in report.files if file.failures and not file.documents}
    print("| read | named | seconds |\n|---:|---:|---:|")
    print(f"| {report.count('added'):,} | {len(named):,} | {seconds:.1f} |")
    return int(named != bad.keys() or report.count("added") != 200)


def processor_seconds() -> float:
    """What this process and those that it has waited for took of the processors."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


class MarkdownWriter:
    """Writes pages of Markdown: headings, running text with links and code, lists, tables, blocks of code."""

    def __init__(self, writer: TextWriter, generator: random.Random) -> None:
        self.generator = generator
        self.sentences = [writer.text("common", length) for length in range(6, 60) for _ in range(20)]

    def page(self) -> str:
        """A page of about 16 kB."""
        blocks, size = [f"---\ntitle: {self.sentence()}\ntags: [a, b]\n---", f"# {self.sentence()}"], 0
        while size < 5_800:
            blocks.append(self.block())
            size += len(blocks[-1])
        return "\n\n".join(blocks) + "\n"

    def sentence(self) -> str:
        return self.generator.choice(self.sentences)

    def block(self) -> str:
        kinds = (self.heading, self.heading, self.bullets, self.steps, self.table, self.code, self.quotation)
        return self.generator.choice((*kinds, *[self.running] * 5))()

    def heading(self) -> str:
        return f"{'#' * self.generator.randint(2, 4)} {self.sentence()[:20].rstrip('。')}"

    def bullets(self) -> str:
        return f"{self.sentence().rstrip('。')}：\n\n" + "\n".join(f"- {self.sentence()}" for _ in range(5))

    def steps(self) -> str:
        return "\n".join(f"{number}. **{self.sentence()[:4]}**：{self.sentence()}" for number in range(1, 5))

    def table(self) -> str:
        rows = (f"| `name-{number}` | {self.sentence()[:12]} | {self.sentence()} |" for number in range(4))
        return "\n".join(["| 名称 | 类型 | 说明 |", "|---|---|---|", *rows])

    def code(self) -> str:
        return f"```yaml\nservice:\n  name: {self.sentence()[:8]}\n  port: 8080\n```"

    def quotation(self) -> str:
        return f"> {self.sentence()}"

    def running(self) -> str:
        return f"{self.sentence()}参见[{self.sentence()[:6]}](../a/b.md)与 `config.yml`。{self.sentence()}"


if __name__ == "__main__":
    sys.exit(main())
