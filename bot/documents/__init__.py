"""The documents as the conversation sees them: what answers, and what completes a follow-up."""
