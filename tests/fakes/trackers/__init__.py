"""Trackers on loopback: they keep what is written, and can fail before or after they wrote it."""
