"""What tests and benchmarks start ends with them."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PARENT = """
import os, signal, subprocess
from testbed.children import ends_with_parent

child = subprocess.Popen(["sh", "-c", "exec sleep 3600"], preexec_fn=ends_with_parent())
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
def test_a_child_ends_with_a_parent_that_is_killed() -> None:
    command = [sys.executable, "-c", _PARENT]
    # The child has the pipe, too: reading ends when both have ended.
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=30, check=False)  # noqa: S603
    assert done.stdout.strip().isdigit()
