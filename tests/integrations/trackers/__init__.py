"""Adapters of trackers, by what their services send."""
