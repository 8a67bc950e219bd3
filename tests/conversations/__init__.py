"""Conversations as files, and what plays them."""
