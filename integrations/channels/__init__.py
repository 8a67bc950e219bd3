"""Channels: the messengers a prospect talks through."""
