"""The benchmarks, found by their files."""

import importlib
import pkgutil

from benchmarks import cases
from benchmarks.benchmark import Benchmark

_ORDER = ("turns", "correctness", "memory", "start")


def benchmarks() -> dict[str, Benchmark]:
    """All of them by name, the most important first."""
    modules = (
        importlib.import_module(f"{cases.__name__}.{found.name}") for found in pkgutil.iter_modules(cases.__path__)
    )
    found: list[Benchmark] = [module.BENCHMARK for module in modules]
    ranks = {name: rank for rank, name in enumerate(_ORDER)}
    return {one.name: one for one in sorted(found, key=lambda one: (ranks.get(one.name, len(ranks)), one.name))}
