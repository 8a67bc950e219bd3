"""Faults that the running product must stand."""
