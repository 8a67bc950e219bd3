"""How long a burst waits: free words only, shorter after a question, never for ever."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.events import Said
from flows.model import Address
from flows.ports.turns import Stored
from handlers.bursts import Burst, Patience
from tests.virtual_time import START


def burst(*seconds: float, still_open: bool = True, asks: bool = False) -> Burst:
    events = tuple(
        Stored(row, Said(str(row), Address("telegram", "1", "a"), START + timedelta(seconds=second)))
        for row, second in enumerate(seconds, 1)
    )
    return Burst(events, (), ("",) * len(events), still_open, asks)


def wait(found: Burst, channel: str = "telegram", patience: Patience | None = None) -> float:
    """Seconds from the first event until the turn may run."""
    return ((patience or Patience()).ready_at(found, channel) - START).total_seconds()


def test_what_is_understood_runs_at_once() -> None:
    assert wait(burst(0, still_open=False)) == 0
    assert wait(burst(0, 5, still_open=False)) == 0


def test_free_words_wait_for_more_and_a_question_waits_less() -> None:
    assert wait(burst(0)) == Patience().after_words
    assert wait(burst(0, asks=True)) == Patience().after_question
    assert Patience().after_question < Patience().after_words


def test_every_further_message_prolongs_the_wait_up_to_the_bound() -> None:
    assert wait(burst(0, 0.5)) == pytest.approx(0.5 + Patience().after_words)
    assert wait(burst(0, 0.5, 1.0, 1.5, 2.0, 2.5)) == Patience().at_most


@given(st.lists(st.floats(0, 60), min_size=1, max_size=20), st.booleans(), st.booleans())
def test_the_wait_is_between_nothing_and_the_bound(seconds: list[float], still_open: bool, asks: bool) -> None:
    moments = [second - min(seconds) for second in sorted(seconds)]
    assert 0 <= wait(burst(*moments, still_open=still_open, asks=asks)) <= Patience().at_most


def test_a_channel_of_whole_messages_does_not_wait() -> None:
    patience = Patience(channels={"console": 0.0})
    assert wait(burst(0, 1), "console", patience) == 0
    assert wait(burst(0), "telegram", patience) == patience.after_words


def test_a_burst_names_its_rows_and_address() -> None:
    found = burst(0, 1)
    assert (found.count, found.rows, found.address.chat) == (2, (1, 2), "a")
