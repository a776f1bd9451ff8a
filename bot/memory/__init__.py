"""What the bot remembers: exchanges, votes, buttons, and who asked what last."""
