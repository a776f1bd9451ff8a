"""The conversation: Telegram and terminal front ends over :mod:`retrieval`."""
