"""Posts as messages: within Telegram's limits, readable, and calling nobody who is not to be called."""

import pytest

from flows.desk import Field, Post
from integrations.desk.telegram.render import TEXT_LIMIT, quiet, single, topic_name, worded
from integrations.telegram_html import formatted, units
from tests.fakes.telegram_rules import plain_html

FULL = Post(
    title="Anna & Co",
    text="Needs **20** seats",
    fields=(Field("Budget", "_300 000_ ₽"),),
    small=("qualified",),
    speaker="Anna",
    by="prospect",
    mention=("7",),
)


def test_everything_is_shown_in_its_place() -> None:
    (part,) = worded(FULL, {"7": "Olga <3"}).parts
    assert part.plain == "👤 Anna\nAnna & Co\nNeeds 20 seats\n\nBudget: 300 000 ₽\nqualified\n🔔 Olga <3"
    assert '<a href="tg://user?id=7">Olga &lt;3</a>' in part.html
    assert plain_html(part.html) == part.plain


def test_a_card_is_one_message_and_keeps_its_fields() -> None:
    words = single(Post(title="T", text="я" * 9000, fields=(Field("Budget", "1"),)), {})
    (part,) = words.parts
    assert units(part.plain) <= TEXT_LIMIT
    assert part.plain.endswith("…\n\nBudget: 1")
    assert words.whole == "я" * 9000


@pytest.mark.parametrize("length", [1, 4000, 4096, 5000, 12_000, 12_300, 40_000])
def test_no_part_is_too_long_and_nothing_is_lost(length: int) -> None:
    text = ("<&> слово " * length)[:length].strip()
    words = worded(Post(text, speaker="A" * 300, by="prospect", fields=(Field("f" * 900, "v" * 5000),)), {})
    assert all(units(part.plain) <= TEXT_LIMIT for part in words.parts)
    assert words.whole == (text if len(words.parts[0].plain) and words.whole else "")
    shown = "".join(part.plain for part in words.parts).replace(" ", "")
    assert words.whole or text.replace(" ", "") in shown.replace("\n", "").replace("f" * 900, "")
    for part in words.parts:
        assert plain_html(part.html).strip() == part.plain.strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@channel hi @olga", "＠channel hi ＠olga"),
        ("write to anna@example.com", "write to anna@example.com"),
        ("(@olga)", "(＠olga)"),
        ("[site](https://medium.com/@olga)", "site (https://medium.com/＠olga)"),
        ("[Olga](tg://user?id=7)", "Olga (tg://user?id=7)"),
    ],
)
def test_a_name_does_not_ring(text: str, shown: str) -> None:
    assert quiet(formatted(text)).plain == shown
    assert "tg://user" not in quiet(formatted(text)).html


def test_a_link_to_a_page_stays_whole() -> None:
    assert 'href="https://medium.com/@olga"' in quiet(formatted("[site](https://medium.com/@olga)")).html


def test_only_digits_are_called() -> None:
    (part,) = worded(Post("x", mention=('7"><b>', "U1")), {}).parts
    assert part.html == "x"


@pytest.mark.parametrize(
    ("post", "name"),
    [
        (Post(title="**Anna**, CRM"), "Anna, CRM"),
        (Post(speaker="Boris", text="hi"), "Boris"),
        (Post("\n\nfirst\nsecond"), "first"),
        (Post(title="я" * 200), "я" * 127 + "…"),
        (Post(), "…"),
    ],
)
def test_a_topic_has_a_name(post: Post, name: str) -> None:
    assert topic_name(post) == name
