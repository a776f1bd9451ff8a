"""Retrieval: documents in, original sentences out. Knows nothing of Telegram, settings or the terminal."""

import os

# NumPy's linear algebra, of which next to nothing is used here, otherwise starts a thread for each processor: that
# takes a third of the time in which an index is opened and gives its first answer.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
