"""A group is written to as fast as Telegram allows, and the last of it is kept for what is urgent."""

from integrations.desk.telegram.pace import KEPT, MESSAGES, WINDOW, Pace


def spend(pace: Pace, now: float, *, urgent: bool) -> int:
    """How many messages may leave at once."""
    count = 0
    while not pace.wait(now, urgent=urgent):
        pace.count(now)
        count += 1
    return count


def test_no_more_leave_in_a_minute_than_may() -> None:
    pace = Pace()
    assert spend(pace, 0.0, urgent=True) == MESSAGES
    assert pace.wait(10.0, urgent=True) == WINDOW - 10
    assert spend(pace, WINDOW, urgent=True) == MESSAGES


def test_the_last_places_are_for_what_is_urgent() -> None:
    pace = Pace()
    assert spend(pace, 0.0, urgent=False) == MESSAGES - KEPT
    assert spend(pace, 1.0, urgent=True) == KEPT
    assert pace.wait(2.0, urgent=False) == WINDOW - 2 + 0.0


def test_what_is_not_urgent_waits_until_there_is_room_for_it() -> None:
    pace = Pace(messages=3, window=60.0, kept=1)
    for now in (0.0, 10.0, 20.0):
        pace.count(now)
    wait = pace.wait(30.0, urgent=False)
    assert wait == 40.0
    assert pace.wait(30.0, urgent=True) == 30.0
    assert not pace.wait(30.0 + wait, urgent=False)


def test_when_telegram_says_wait_everything_waits() -> None:
    pace = Pace()
    pace.hold(30.0)
    pace.hold(20.0)
    assert pace.wait(10.0, urgent=True) == 20.0
    assert not pace.wait(30.0, urgent=False)
