"""From events to commands: what belongs together, what a press stands for, what the transcript shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wiring import playbook
from flows.commands import Ask, Choose, Command, Fill, GiveContact, HandOff, Media, Start, WakeUp, Wish
from flows.events import Answered, Due, Reachable
from flows.model import Contact, Conversation, Fact, File
from flows.ports.turns import Stored
from handlers.bursts import Burst
from handlers.interpret import press_of
from tests.conversations.stage import content
from tests.handlers.acts import ADDRESS, said
from tests.virtual_time import START

SETTINGS, CONTENT = content({})
INTERPRETER = playbook(CONTENT, SETTINGS).interpreter
STRANGER = Conversation("c1", ADDRESS, "ru")
ASKED = Conversation("c1", ADDRESS, "ru", version=1, flow="qualification", flow_version=1, step="need")


def head(*events: object, at: Conversation = ASKED) -> Burst:
    return INTERPRETER.head(at, [Stored(row, event) for row, event in enumerate(events, 1)], START)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/start", Start("")),
        ("/start yandex_42", Start("yandex_42")),
        ("/START", Start("")),
        ("/help", Wish("help")),
        ("/human@shop_bot", HandOff()),
        ("/back", Wish("back")),
        ("/me", Wish("me")),
        ("/stop", Wish("stop")),
        ("/restart", Wish("restart")),
        ("/language", Wish("languages")),
        ("/contact", Wish("leave_contact")),
        ("/no_such_command", Wish("help")),
        ("/", Wish("help")),
    ],
)
def test_commands(text: str, command: Command) -> None:
    found = head(said(text))
    assert (found.commands, found.open, found.shown) == ((command,), False, (text,))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("qualification.need:1:~0", Choose("qualification", "need", 1, "~0")),
        ("!:0:lang.en", Choose("!", "", 0, "lang.en")),
        ("contact.consent:12:yes", Choose("contact", "consent", 12, "yes")),
        ("a.b:1:x:y", Choose("a", "b", 1, "x:y")),
        ("", None),
        ("a.b:1:", None),
        ("a.b:one:x", None),
        ("nothing of ours", None),
    ],
)
def test_the_data_of_a_button(data: str, expected: Choose | None) -> None:
    assert press_of(data) == expected


@given(st.text(max_size=64))
def test_no_data_breaks_anything(data: str) -> None:
    found = head(said(kind="choice", choice=data))
    assert len(found.commands) == len(found.shown) == 1


def test_an_example_stands_for_its_words_while_its_question_is_open() -> None:
    words = CONTENT.catalog.items("ru", "qualification.need.examples")
    assert head(said(kind="choice", choice="qualification.need:1:~1")).commands == (Fill("need", words[1], words[1]),)
    assert head(said(kind="choice", choice="qualification.need:1:~9")).commands == (
        Choose("qualification", "need", 1, "~9"),
    )


def test_the_transcript_shows_the_label_that_was_pressed() -> None:
    assert head(said(kind="choice", choice="qualification.quantity:1:6-20")).shown == ("6–20",)
    assert head(said(kind="choice", choice="qualification.budget:1:!skip")).shown == ("Пропустить",)
    assert head(said(kind="choice", choice="!:0:contact")).shown == ("[contact]",)


def test_a_contact_and_files_are_shown_by_what_they_are() -> None:
    found = head(said(kind="contact", contact=Contact("Анна", "+79161234567", verified=True)))
    assert found.commands == (GiveContact(Contact("Анна", "+79161234567", verified=True)),)
    assert found.shown == ("Анна +79161234567",)
    picture = said("план", kind="file", files=(File("photo", "f1", "plan.jpg"),))
    assert head(picture).shown == ("план [photo plan.jpg]",)
    assert head(said(kind="sticker")).commands == (Media("sticker"),)
    assert head(said(kind="foreign_contact")).commands == (Media("foreign_contact"),)
    assert head(said(kind="other")).shown == ("[other]",)


def test_words_are_taken_together_until_something_else_comes() -> None:
    found = head(said("нам"), said("нужна"), said("/help"), said("машина"))
    assert (found.count, found.shown, found.open) == (2, ("нам", "нужна"), False)


def test_what_answers_the_question_ends_the_burst() -> None:
    at = Conversation("c1", ADDRESS, "ru", version=2, flow="qualification", flow_version=1, step="quantity")
    found = head(said("6–20"), said("и ещё вопрос"), at=at)
    assert (found.count, found.open) == (1, False)


def test_a_burst_has_an_end_however_many_messages_wait() -> None:
    assert head(*(said("э") for _ in range(100))).count == 20


def test_an_album_is_one_turn_and_its_caption_speaks_for_it() -> None:
    picture = (File("photo", "f1"),)
    album = [said(kind="file", files=picture, group="g1") for _ in range(3)]
    found = head(*album)
    assert (found.count, found.commands, found.open) == (3, (Media("photo"),), True)
    captioned = head(said("Кофемашина в офис на 12 человек", kind="file", files=picture, group="g1"), album[0])
    assert any(isinstance(command, Fill) and command.slot == "quantity" for command in captioned.commands)
    assert head(*album, said("привет")).open is False


def test_in_a_group_nothing_is_understood() -> None:
    assert head(said("сколько стоит?", private=False)).commands == ()
    assert head(said("/start", private=False)).commands == ()


def test_other_events() -> None:
    fact = Fact("faq", {}, ())
    assert head(Due("d", ADDRESS, START, "c1", "greeting.still")).commands == (WakeUp("greeting.still"),)
    assert head(Answered("a", ADDRESS, START, "c1", 1, "why?", fact)).commands == (Ask("why?", fact),)
    assert head(Reachable("r", ADDRESS, START, reachable=False)).commands == ()


@given(st.text(max_size=300))
def test_no_words_break_anything_and_all_mean_something(text: str) -> None:
    event = said(text)
    found = head(event, at=STRANGER)
    assert found.count == 1
    assert found.commands
