"""The pictures of the documents show what the product sends today."""

import json

import pytest

from tools.desk_pictures import LANGUAGES, PICTURES, picture, sources


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pictures_are_made_of_what_is_sent(language: str) -> None:
    for name, text in sources(language).items():
        assert (PICTURES / name).read_text(encoding="utf-8") == text, f"{name} is old: run `make docs`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chart_is_a_picture(language: str) -> None:
    assert (PICTURES / f"chart.{language}.png").read_bytes().startswith(b"\x89PNG")


def test_every_word_that_is_sent_is_in_its_picture() -> None:
    blocks = json.loads(sources("en")["card.en.json"])["blocks"]
    shown = picture(blocks)
    for words in ("Take over", "Assign", "+79160001122", "Waits for a person", "Wednesday"):
        assert words in shown
    labels = [one.get("text", one.get("placeholder"))["text"] for one in blocks[-1]["elements"]]
    assert all(label in shown for label in labels)


def test_words_in_a_picture_are_only_shown() -> None:
    text = {"type": "mrkdwn", "text": "&lt;script&gt; &amp; *co*"}
    shown = picture([{"type": "section", "text": text}])
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
