"""From a reply to what people read: HTML for Telegram, text for the terminal, each in the reader's language."""
