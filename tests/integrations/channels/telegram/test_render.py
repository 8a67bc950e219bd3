"""Worded messages become calls that the strict server takes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import Refused
from flows.model import Address, File
from flows.outbound import Choice, Outbound
from integrations.channels.telegram.keyboards import inline, rows
from integrations.channels.telegram.render import Place, calls, edits, places_of, receipt_of, target
from tests.fakes.telegram_rules import check_markup, message_text

ADDRESS = Address("telegram", "4242", "7")
YES, NO = Choice("Да", "a|1|0"), Choice("Нет", "a|1|1")


def test_a_plain_message_is_one_call_without_formatting() -> None:
    (call,) = calls(ADDRESS, Outbound("5 < 6 & 7"))
    assert (call.name, call.params) == ("sendMessage", {"chat_id": 7, "text": "5 < 6 & 7"})


def test_a_formatted_one_can_be_sent_again_as_plain_text() -> None:
    (call,) = calls(ADDRESS, Outbound("**5** < 6", (YES,)))
    assert call.params["text"] == "<b>5</b> &lt; 6"
    assert call.params["parse_mode"] == "HTML"
    plain = call.unformatted()
    assert plain.params == {"chat_id": 7, "text": "5 < 6", "reply_markup": inline((YES,))}


def test_the_keyboard_is_under_the_last_part() -> None:
    made = calls(ADDRESS, Outbound("слово " * 2000, (YES, NO)))
    assert len(made) == 3
    assert ["reply_markup" in call.params for call in made] == [False, False, True]


def test_links_open_and_choices_press() -> None:
    (call,) = calls(ADDRESS, Outbound("x", (YES, Choice("Сайт", url="https://example.com/?a=1"))))
    assert call.params["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Да", "callback_data": "a|1|0"}, {"text": "Сайт", "url": "https://example.com/?a=1"}]
        ]
    }


def test_sharing_a_contact_takes_keys_and_the_choices_become_keys() -> None:
    (call,) = calls(ADDRESS, Outbound("x", (NO, Choice("Сайт", url="https://e.com")), share_contact="Поделиться"))
    assert call.params["reply_markup"] == {
        "keyboard": [[{"text": "Поделиться", "request_contact": True}], [{"text": "Нет"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


def test_keys_are_taken_away_with_the_first_part_that_can() -> None:
    (plain,) = calls(ADDRESS, Outbound("Спасибо"), drop_keyboard=True)
    assert plain.params["reply_markup"] == {"remove_keyboard": True}
    (chosen,) = calls(ADDRESS, Outbound("Ещё?", (YES,)), drop_keyboard=True)
    assert chosen.params["reply_markup"] == inline((YES,))
    first, *_, last = calls(ADDRESS, Outbound("слово " * 2000, (YES,)), drop_keyboard=True)
    assert first.params["reply_markup"] == {"remove_keyboard": True}
    assert last.params["reply_markup"] == inline((YES,))


def test_a_short_text_is_the_caption_of_a_single_file() -> None:
    photo = File("photo", "file-1")
    (call,) = calls(ADDRESS, Outbound("**Каталог**", (YES,), files=(photo,)))
    assert call.name == "sendPhoto"
    assert call.params["photo"] == "file-1"
    assert call.params["caption"] == "<b>Каталог</b>"
    assert call.unformatted().params["caption"] == "Каталог"
    assert "reply_markup" in call.params


@pytest.mark.parametrize(
    ("message", "names"),
    [
        (Outbound("x" * 1025, files=(File("photo", "f"),)), ["sendPhoto", "sendMessage"]),
        (
            Outbound("x", files=(File("photo", "f"), File("document", "g"))),
            ["sendPhoto", "sendDocument", "sendMessage"],
        ),
        (Outbound("", files=(File("other", "f"),)), ["sendDocument"]),
        (Outbound("x", files=(File("sticker", "f"),)), ["sendSticker", "sendMessage"]),
        (Outbound("x", files=(File("location", "55.7,37.6"),)), ["sendLocation", "sendMessage"]),
        (
            Outbound("", files=(File("voice", "f"), File("video", "g"), File("audio", "h"))),
            ["sendVoice", "sendVideo", "sendAudio"],
        ),
    ],
)
def test_files_go_first(message: Outbound, names: list[str]) -> None:
    assert [call.name for call in calls(ADDRESS, message)] == names


def test_a_reps_name_stands_above_their_words() -> None:
    (call,) = calls(ADDRESS, Outbound("Здравствуйте!", name="Мария <i>"))
    assert call.params["text"] == "<b>Мария &lt;i&gt;</b>\nЗдравствуйте!"


def test_threads_are_kept() -> None:
    (call,) = calls(Address("telegram", "4242", "-1001", "3"), Outbound("x"))
    assert (call.params["chat_id"], call.params["message_thread_id"]) == (-1001, 3)


def test_an_edit_replaces_text_and_buttons() -> None:
    (call,), spare = edits(ADDRESS, places_of("9,10"), Outbound("**x**", (NO,)))
    assert (call.name, call.params["message_id"], call.params["text"]) == ("editMessageText", 9, "<b>x</b>")
    assert call.unformatted().params["text"] == "x"
    assert spare == (Place(10, "text"),)


@given(st.lists(st.tuples(st.integers(1, 2**52), st.sampled_from(["", "text", "caption"])), min_size=1))
def test_a_receipt_names_every_part(parts: list[tuple[int, str]]) -> None:
    places = tuple(Place(number, words) for number, words in parts)
    assert places_of(receipt_of(places)) == places


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("invalid", Outbound("")),
        ("invalid", Outbound(" \n")),
        ("invalid", Outbound("x", (Choice("Да", "x" * 65),))),
        ("invalid", Outbound("x", (Choice("Да", "ё" * 33),))),
        ("invalid", Outbound("x", (Choice("Да"),))),
        ("invalid", Outbound("x", files=(File("location", "somewhere"),))),
    ],
)
def test_what_no_server_would_take_is_refused_before(state: str, message: Outbound) -> None:
    with pytest.raises(Refused) as caught:
        calls(ADDRESS, message)
    assert caught.value.state == state


def test_an_address_of_another_channel_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        target(Address("console", "", "terminal"))
    assert caught.value.state == "not_found"


def test_data_of_64_bytes_fits() -> None:
    check_markup(inline((Choice("Да", "ё" * 32),)), private=True)


def test_keyboards_are_built_once() -> None:
    assert inline((YES, NO)) is inline((Choice("Да", "a|1|0"), Choice("Нет", "a|1|1")))


@pytest.mark.parametrize(
    ("labels", "layout"),
    [
        (["Да", "Нет"], [2]),
        (["1–5", "6–20", "21–100", "100+"], [4]),
        (["до 100 т.", "100–300 т.", "300–500 т.", "500+"], [3, 1]),
        (["Этим месяцем", "В этом квартале", "Позже"], [2, 1]),
        (["Хочу посмотреть каталог", "Нет"], [1, 1]),
        (["Да"] * 9, [4, 4, 1]),
    ],
)
def test_short_labels_share_a_row(labels: list[str], layout: list[int]) -> None:
    assert [len(row) for row in rows(tuple(Choice(label, "x") for label in labels))] == layout


@given(st.lists(st.text(min_size=1, max_size=30), max_size=30))
def test_rows_keep_the_order_and_lose_nothing(labels: list[str]) -> None:
    choices = tuple(Choice(label, f"{index}") for index, label in enumerate(labels))
    laid = [choice for row in rows(choices) for choice in row]
    assert laid == list(choices)
    assert all(int(one.data) < int(next_one.data) for one, next_one in pairwise(laid))


@given(st.text(max_size=6000), st.lists(st.text(min_size=1, max_size=20).filter(str.strip), max_size=6))
def test_what_is_rendered_is_what_the_server_takes(text: str, labels: list[str]) -> None:
    message = Outbound(text, tuple(Choice(label, f"s|1|{index}") for index, label in enumerate(labels)))
    try:
        made = calls(ADDRESS, message)
    except Refused:
        assert not text.strip()
        return
    for call in made:
        check_markup(call.params.get("reply_markup"), private=True)
        assert message_text(call.params)
