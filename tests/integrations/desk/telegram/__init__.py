"""Tests of the desk in Telegram."""
