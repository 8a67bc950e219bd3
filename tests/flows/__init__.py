"""Tests of the machine and its language."""
