"""Figures as a post: the numbers in words, and charts as pictures."""

from collections.abc import Mapping, Sequence

from flows.desk import Field, Post
from flows.model import File
from flows.ports.reading import Figures
from handlers.figures import period, sections
from locales.markup import escape, one_line
from locales.operators import Messages


def stats_post(
    figures: Figures, texts: Messages, names: Mapping[str, str], pictures: Sequence[bytes] = (), title: str = ""
) -> Post:
    """All figures; `names` are people's, by staff id, `pictures` are PNG."""
    first, *others = sections(figures, texts, names)
    parts = [period(figures, texts)]
    for section in others:
        rows = [f"- {_said(name)}: {_said(shown)}" for name, shown in section.rows]
        parts.append("\n".join([f"**{section.title}**", *rows]))
    contents = {f"chart-{number}.png": picture for number, picture in enumerate(pictures, 1)}
    return Post(
        "\n\n".join(parts),
        title or texts.gettext("📊 Figures"),
        tuple(Field(name, shown) for name, shown in first.rows),
        files=tuple(File("photo", name, name, "image/png", len(content)) for name, content in contents.items()),
        contents=contents,
    )


def _said(text: str) -> str:
    return escape(one_line(text))
