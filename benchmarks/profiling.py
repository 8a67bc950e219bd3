"""`python -m benchmarks.profiling`: where the CPU of a sale goes, by room and by function, under cProfile.

Shares, not absolute numbers: the profiler makes every call dearer, small ones most, and it sees the loop's thread only.
"""

import pstats
import shlex
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from benchmarks.benchmark import Bench
from benchmarks.load import assistant, clean, play, product
from benchmarks.records import ROOT

USERS, CONVERSATIONS, SHOWN = 50, 300, 40
ROOMS = ("bot", "handlers", "integrations", "knowledge", "locales", "prompts", "flows")


def main() -> None:
    """Run the sale, print what it cost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = folder / "profile"
        command = (sys.executable, "-m", "cProfile", "-o", str(found), str(assistant()), "run")
        bot = replace(product("profiled"), command=command)
        run = play(Bench(folder), bot, folder, users=USERS, conversations=CONVERSATIONS, warmup=0)
        clean(run, folder)
        stats = pstats.Stats(str(found))
    print(
        f"{run['turns']} turns, {run['bot_cpu_s_per_1000_turns']} ms each under the profiler: {shlex.join(command)}\n"
    )
    own: Counter[str] = Counter()
    for (file, _, _), (_, _, seconds, *_) in stats.stats.items():  # type: ignore[attr-defined]
        own[_room(file)] += seconds
    for room, seconds in own.most_common():
        print(f"{seconds / own.total():6.1%}  {room}")
    stats.sort_stats("tottime").print_stats(SHOWN)


def _room(file: str) -> str:
    """The room, package or built-in that a function belongs to."""
    if file == "~":
        return "built-in functions"
    path = Path(file)
    if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in ROOMS:
        return "/".join(path.relative_to(ROOT).parts[:2])
    parts = path.parts
    return parts[parts.index("site-packages") + 1] if "site-packages" in parts else "standard library"


if __name__ == "__main__":
    main()
