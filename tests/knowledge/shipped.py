"""The knowledge that ships, and small files of knowledge, for the tests of this room."""

from functools import cache
from importlib.resources import files

from flows.errors import Defect
from knowledge.loader import load_knowledge
from knowledge.models import Knowledge

PRODUCTS = """\
groups:
  office: {name: {en: For the office}, words: {en: [office]}}
products:
  - id: x8
    groups: [office]
    name: {en: Jura X8}
  - id: e8
    name: {en: Jura E8}
"""
PRICES = """\
version: "1"
currency: RUB
valid_from: 2026-01-01
valid_until: 2026-12-31
rows:
  x8: 100.50
  e8: 90
"""
FAQ = """\
version: "7"
entries:
  - id: delivery
    questions: {en: [delivery, do you deliver?]}
    answer: {en: "We deliver for {{ price('e8') | money }}."}
"""


def shipped_files() -> dict[str, str]:
    """File name -> text of every YAML file in the room."""
    folder = files("knowledge")
    return {
        f"knowledge/{file.name}": file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".yaml")
    }


@cache
def shipped() -> Knowledge:
    """The knowledge of the demo company, which has no defects."""
    knowledge, defects = load_knowledge(shipped_files())
    assert defects == ()
    return knowledge


def small(**changed: str) -> tuple[Knowledge, tuple[Defect, ...]]:
    """Two products, a price list and a question; `changed` replaces or adds whole files by their first word."""
    texts = {"products": PRODUCTS, "prices": PRICES, "faq": FAQ} | changed
    return load_knowledge({f"knowledge/{name.replace('_', '-')}.yaml": text for name, text in texts.items()})
