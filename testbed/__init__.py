"""What tests and benchmarks share: a fake Telegram, the bot run against it, text in any amount, OpenSearch nodes."""
