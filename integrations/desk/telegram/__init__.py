"""The desk in Telegram: a forum, a topic a conversation."""
