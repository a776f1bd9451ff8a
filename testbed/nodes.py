"""A real OpenSearch cluster on loopback: its own distribution from Maven, three nodes, small heaps.

``python -m testbed.nodes`` starts one and keeps it until it is interrupted.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from testbed.children import ends_with_parent

VERSION = "2.19.3"
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
HEAP = "512m"
STARTED_WITHIN = 180
"""Seconds; a busy machine takes a minute for three nodes."""


def missing() -> str | None:
    """Return what is missing here to run a cluster, if anything."""
    lacking = [name for name in ("java", "mvn") if shutil.which(name) is None]
    return f"no {' and no '.join(lacking)} here" if lacking else None


def home() -> Path:
    """Where the distribution and the nodes' data are: in this folder, or where all may go if only root can get here."""
    folder = Path(__file__).parents[1] / ".cluster"
    if os.geteuid() == 0 and not all(place.stat().st_mode & stat.S_IXOTH for place in folder.parents):
        folder = Path("/var/tmp/yuanju-cluster")  # noqa: S108 - it is root's own, and not in memory
    folder.mkdir(exist_ok=True)
    return folder


def distribution() -> Path:
    """The folder of OpenSearch, fetched once."""
    place = home()
    folder = place / f"opensearch-{VERSION}"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "bin").is_dir():
            subprocess.run(
                [
                    shutil.which("mvn") or "mvn",
                    "-q",
                    "-B",
                    COPY,
                    f"-Dartifact={ARTIFACT}",
                    f"-DoutputDirectory={place}",
                ],
                check=True,
                stdin=subprocess.DEVNULL,
            )
            with zipfile.ZipFile(place / f"opensearch-{VERSION}.zip") as archive:
                archive.extractall(place / "unpacked")
            for script in (place / "unpacked" / folder.name / "bin").iterdir():
                script.chmod(0o755)
            (place / "unpacked" / folder.name).rename(folder)
    return folder


class Node:
    """One node; its settings, data and logs are in a folder of its own."""

    def __init__(self, number: int, folder: Path, port: int, transport_port: int) -> None:
        self.name = f"node-{number}"
        self.url = f"http://127.0.0.1:{port}"
        self._port, self._transport_port = port, transport_port
        self._folder = folder / self.name
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self, transport_ports: Sequence[int], names: Sequence[str]) -> None:
        """Write down who the others are."""
        config = self._folder / "config"
        shutil.copytree(distribution() / "config", config)
        settings = {
            "cluster.name": "yuanju-test",
            "node.name": self.name,
            "network.host": "127.0.0.1",
            "http.port": self._port,
            "transport.port": self._transport_port,
            "discovery.seed_hosts": [f"127.0.0.1:{port}" for port in transport_ports],
            "cluster.initial_cluster_manager_nodes": list(names),
            "path.data": str(self._folder / "data"),
            "path.logs": str(self._folder / "logs"),
            "bootstrap.memory_lock": False,
            "node.store.allow_mmap": False,  # the kernel's limit on maps is not the tests' to raise
            "cluster.routing.allocation.disk.threshold_enabled": False,
        }
        # JSON is YAML as well.
        (config / "opensearch.yml").write_text(json.dumps(settings, indent=1))
        options = (config / "jvm.options").read_text().replace("-XX:+HeapDumpOnOutOfMemoryError", "")
        (config / "jvm.options").write_text(options.replace("file=logs/gc.log", f"file={self._folder}/gc.log"))
        for name in ("data", "logs", "temporary"):
            (self._folder / name).mkdir()

    def start(self) -> None:
        """Start the node's process, as somebody other than root."""
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # OpenSearch refuses to run as root
        if user:
            for path in (self._folder, *self._folder.rglob("*")):
                os.chown(path, user.pw_uid, user.pw_gid)
        with (self._folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [str(distribution() / "bin" / "opensearch")],
                env={
                    "PATH": os.environ["PATH"],
                    "JAVA_HOME": str(Path(shutil.which("java") or "").resolve().parents[1]),
                    "OPENSEARCH_PATH_CONF": str(self._folder / "config"),
                    "OPENSEARCH_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP} -XX:-UsePerfData",
                    "OPENSEARCH_TMPDIR": str(self._folder / "temporary"),
                    "HOME": str(self._folder),
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                start_new_session=True,
                preexec_fn=ends_with_parent(),  # noqa: PLW1509 - no other thread of ours holds a lock that it needs
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )

    def kill(self) -> None:
        """End the node as a power cut would."""
        self._signal(signal.SIGKILL)
        if self._process:
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Have the node do nothing any more, with its connections open."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Have it go on."""
        self._signal(signal.SIGCONT)

    @property
    def log(self) -> str:
        """The end of what the node has to say."""
        path = self._folder / "output"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def _signal(self, number: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, number)


class Cluster:
    """Three nodes that know each other."""

    def __init__(self, folder: Path, count: int = 3) -> None:
        ports = _free_ports(2 * count)
        self.nodes = [Node(number, folder, ports[number], ports[count + number]) for number in range(count)]
        for node in self.nodes:
            node.configure(ports[count:], [one.name for one in self.nodes])

    @property
    def urls(self) -> list[str]:
        """Where the nodes listen."""
        return [node.url for node in self.nodes]

    def start(self) -> None:
        """Start what does not run, and wait until all nodes have found each other."""
        for node in self.nodes:
            if not node.running:
                node.start()
        self.wait(f"/_cluster/health?wait_for_nodes={len(self.nodes)}&wait_for_status=yellow&timeout=5s")

    def stop(self) -> None:
        """End all nodes."""
        for node in self.nodes:
            node.kill()

    def wait(self, path: str) -> None:
        """Ask until the answer is no error and no time-out."""
        end = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < end:
            for node in self.nodes:
                if not node.running:
                    continue
                try:
                    if not self.ask("GET", path, node=node).get("timed_out"):
                        return
                except OSError:
                    continue
            time.sleep(0.2)
        logs = "\n".join(node.log for node in self.nodes)
        raise TimeoutError(f"the cluster did not answer {path} within {STARTED_WITHIN} s:\n{logs}")

    def ask(self, method: str, path: str, body: Any = None, *, node: Node | None = None) -> Any:
        """Send a request past the code under test."""
        url = (node or next(one for one in self.nodes if one.running)).url
        request = urllib.request.Request(  # noqa: S310 - http on loopback
            url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            return json.load(response)


@contextmanager
def cluster(count: int = 3) -> Iterator[Cluster]:
    """A cluster that runs until it is let go; a SIGTERM lets it go as Ctrl-C does."""
    distribution()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = home() / f"run-{os.getpid()}"
    for left in home().glob("run-*"):
        if not psutil.pid_exists(int(left.name.removeprefix("run-"))):  # whoever made it was killed
            shutil.rmtree(left, ignore_errors=True)
    folder.mkdir(mode=0o755)
    running = Cluster(folder, count)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def main() -> None:
    """Start a cluster, say where, and keep it until interrupted."""
    with contextlib.suppress(KeyboardInterrupt), cluster() as running:
        print(f"YUANJU_ENGINE={','.join(running.urls)}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
