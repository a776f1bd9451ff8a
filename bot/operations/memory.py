"""A bound of memory for what works through other people's files, so that the rest of the machine keeps its own."""

from __future__ import annotations

import contextlib
import os
import sys

SHARE = 0.5
"""Of the machine's memory; an index of a million paragraphs takes 650 MB to build."""
LEAST_BYTES = 2 << 30


def bound_memory() -> None:
    """Let this process and those that it starts have no more than a share of the memory each, where Linux counts it."""
    if sys.platform != "linux":
        return
    import resource

    bound = max(LEAST_BYTES, int(SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most != resource.RLIM_INFINITY:
        bound = min(bound, most)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
