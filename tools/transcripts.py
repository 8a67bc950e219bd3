"""Plays the sales of docs/transcripts through `assistant chat`, and writes what was said into the READMEs.

Run as `make docs`. Each `sale.<language>.txt` holds what the prospect types, a line each.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SALES = {"en": ROOT / "README.md", "ru": ROOT / "README.ru.md"}
_SHOWN = ("status", "score", "reasons", "contact", "slots", "consent")


def main() -> None:
    """Write every transcript and the blocks of the READMEs that show them."""
    for language, readme in SALES.items():
        typed = ROOT / "docs" / "transcripts" / f"sale.{language}.txt"
        with tempfile.TemporaryDirectory() as folder:
            said = _run(folder, language, ["chat", "--locale", language], typed.read_text(encoding="utf-8"))
            exported = _run(folder, language, ["export", "--format", "jsonl"], "")
        lead = json.loads(exported.splitlines()[0])
        rows = (f' "{name}": {json.dumps(lead[name], ensure_ascii=False)}' for name in _SHOWN)
        shown = "{\n" + ",\n".join(rows) + "\n}"
        (typed.with_suffix(".md")).write_text(f"```text\n{said.strip()}\n```\n", encoding="utf-8")
        text = readme.read_text(encoding="utf-8")
        chat, export = f"$ assistant chat --locale {language}", "$ assistant export --format jsonl"
        text = _put(text, f"transcript:{language}", "/transcript", f"```text\n{chat}\n\n{said.strip()}\n```")
        text = _put(text, f"leads:{language}", "/leads", f"```text\n{export}\n{shown}\n```")
        readme.write_text(text, encoding="utf-8")


def _run(folder: str, language: str, arguments: list[str], typed: str) -> str:
    """What a command prints in an empty working directory."""
    environment = {**os.environ, "DEFAULT_LOCALE": language, "LANG": f"{language}.UTF-8"}
    command = [str(Path(sys.executable).with_name("assistant")), *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, input=typed, text=True, stdout=subprocess.PIPE, check=True
    )
    return done.stdout


def _put(text: str, begin: str, end: str, block: str) -> str:
    """Replace what stands between two marks."""
    pattern = re.compile(rf"(<!-- {begin} -->\n).*?(<!-- {end} -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{block}\n{found[2]}", text, count=1)


if __name__ == "__main__":
    main()
