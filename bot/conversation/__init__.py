"""What is said to whom: handlers of messages, presses and inline questions, and what they share."""
