"""A card as Markdown, within a service's limits: what is cut is said to be cut, and the key is never cut."""

from typing import Final

from flows.ports.tracker import Card

CUT: Final = "…"


def described(card: Card, limit: int) -> str:
    """A line each, then the link, then the key as a line of its own."""
    lines = [f"**{label}:** {value}" for label, value in card.lines]
    tail = "\n\n".join(part for part in (card.link, card.key) if part)
    body = fitting("\n\n".join(lines), limit - len(tail) - 2)
    return f"{body}\n\n{tail}"


def fitting(text: str, limit: int) -> str:
    """The text, or as much as fits with a sign that there was more."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + CUT


def quiet(text: str) -> str:
    """The text with no name in it that would notify somebody."""
    return text.replace("@", "@\u200b")
