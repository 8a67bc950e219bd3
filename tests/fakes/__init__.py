"""Fakes on the wire, shared by tests and benchmarks."""
