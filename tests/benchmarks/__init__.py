"""Tests of the benchmarks: what is published is what was measured."""
