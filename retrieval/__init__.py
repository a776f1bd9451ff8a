"""Retrieval: documents in, original sentences out. Knows nothing of Telegram, settings or the terminal."""
