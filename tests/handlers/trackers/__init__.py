"""Tests of what trackers are told, and what their moves do."""
