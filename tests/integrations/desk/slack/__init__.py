"""The desk in Slack before a strict Slack."""
