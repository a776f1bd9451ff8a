"""The way between Telegram and the conversation: account, requests, polling, and the application over them."""
