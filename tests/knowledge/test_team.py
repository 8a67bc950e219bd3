"""Hours, holidays and the round of the team: who works, when it opens again, and who is called to a chat."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from knowledge.loader import load_knowledge
from knowledge.team import Colleague, Need, Team, after_work, candidates, is_open, on_duty, opens_next
from tests.knowledge.shipped import shipped

MOSCOW = ZoneInfo("Europe/Moscow")
TEAM = shipped().team
OLGA, TIMUR, DARIA, ILYA = (
    Colleague(name, TEAM.rep(f"{email}@zerno-i-par.example"))
    for name, email in (
        ("olga", "olga.sokolova"),
        ("timur", "timur.gareev"),
        ("daria", "daria.kim"),
        ("ilya", "ilya.petrenko"),
    )
)
EVERYBODY = (OLGA, TIMUR, DARIA, ILYA)


def at(text: str) -> datetime:
    """A moment on the company's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def names(found: tuple[Colleague, ...]) -> list[str]:
    return [one.id for one in found]


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-11-23 08:59", []),
        ("2026-11-23 09:00", ["olga", "daria"]),
        ("2026-11-23 12:00", ["olga", "timur", "daria", "ilya"]),
        ("2026-11-23 19:00", ["ilya"]),
        ("2026-11-23 21:00", []),
        ("2026-11-28 10:00", ["timur"]),  # a Saturday
        ("2026-12-31 12:00", []),  # a holiday
    ],
)
def test_who_is_on_duty(moment: str, working: list[str]) -> None:
    assert names(on_duty(TEAM, EVERYBODY, at(moment))) == working
    assert names(on_duty(TEAM, EVERYBODY, at(moment).astimezone(UTC))) == working
    assert is_open(TEAM, at(moment)) is bool(working)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23 08:00", "2026-11-23 09:00"),
        ("2026-11-23 09:30", "2026-11-23 10:00"),  # the next of them begins
        ("2026-11-23 22:00", "2026-11-24 09:00"),
        ("2026-11-27 22:00", "2026-11-28 10:00"),
        ("2026-11-28 17:00", "2026-11-30 09:00"),
        ("2026-12-30 22:00", "2027-01-02 10:00"),  # the first Saturday after the holidays begin
    ],
)
def test_when_the_team_opens_next(moment: str, opening: str) -> None:
    assert opens_next(TEAM, at(moment)) == at(opening)


def test_a_team_that_never_works_never_opens() -> None:
    assert opens_next(Team(hours={}), at("2026-11-23 10:00")) is None
    assert not is_open(Team(hours={}), at("2026-11-23 10:00"))


def test_without_people_the_hours_of_the_team_count() -> None:
    assert is_open(Team(), at("2026-11-23 10:00"))
    assert opens_next(Team(), at("2026-11-28 10:00")) == at("2026-11-30 09:00")


@pytest.mark.parametrize(
    ("moment", "work", "until"),
    [
        ("2026-11-23 10:00", 4, "2026-11-23 14:00"),
        ("2026-11-23 17:00", 4, "2026-11-24 11:00"),
        ("2026-11-27 18:00", 4, "2026-11-30 12:00"),
        ("2026-11-23 03:00", 4, "2026-11-23 13:00"),
    ],
)
def test_an_answer_is_promised_in_working_time(moment: str, work: int, until: str) -> None:
    assert after_work(TEAM, at(moment), timedelta(hours=work)) == at(until)


@pytest.mark.parametrize(
    ("need", "called"),
    [
        (Need("ru", frozenset({"cafe"})), ["olga", "timur", "daria", "ilya"]),
        (Need("ru", frozenset({"jura-we8", "office"})), ["olga", "daria", "timur", "ilya"]),
        (Need("en"), ["olga", "daria", "ilya", "timur"]),
        (Need("ru"), ["olga", "timur", "daria", "ilya"]),
    ],
)
def test_the_right_ones_are_called_first_and_nobody_is_left_out(need: Need, called: list[str]) -> None:
    assert names(candidates(TEAM, EVERYBODY, need, at("2026-11-23 12:00"))) == called


def test_full_away_and_free_colleagues_are_not_called() -> None:
    now = at("2026-11-23 12:00")
    full = Colleague("olga", OLGA.rep, busy=3)
    away = Colleague("daria", DARIA.rep, away_until=now + timedelta(hours=1))
    back = Colleague("timur", TIMUR.rep, away_until=now - timedelta(hours=1), busy=5)
    assert names(candidates(TEAM, (full, back, away), Need("ru"), now)) == ["timur"]


def test_the_round_goes_on_with_who_was_not_called_for_the_longest_time() -> None:
    now = at("2026-11-23 12:00")
    people = [Colleague(one.id, one.rep) for one in (OLGA, TIMUR, DARIA)]
    called: list[str] = []
    for number in range(6):
        first = candidates(TEAM, people, Need("ru"), now)[0]
        called.append(first.id)
        people = [
            Colleague(
                one.id, one.rep, called_at=now + timedelta(minutes=number) if one.id == first.id else one.called_at
            )
            for one in people
        ]
    assert called == ["olga", "timur", "daria", "olga", "timur", "daria"]


def test_a_source_has_its_own_people() -> None:
    now = at("2026-11-23 12:00")
    expo = Colleague("olga", OLGA.rep.model_copy(update={"sources": ("expo",)}))
    assert names(candidates(TEAM, (expo, DARIA), Need("ru", source="expo"), now)) == ["olga", "daria"]
    assert names(candidates(TEAM, (expo, DARIA), Need("ru", source="site"), now)) == ["daria", "olga"]


def test_who_is_not_in_the_file_works_the_hours_of_the_team() -> None:
    stranger = Colleague("new", TEAM.rep("New@Company.io"))
    assert stranger.rep.email == "new@company.io"
    assert names(on_duty(TEAM, (stranger,), at("2026-11-23 09:00"))) == ["new"]
    assert on_duty(TEAM, (stranger,), at("2026-11-28 10:00")) == ()


def test_a_company_chooses_its_threads_and_gives_roles_to_groups() -> None:
    assert (TEAM.threads, dict(TEAM.groups)) == ("warm", {})
    own, defects = load_knowledge({"knowledge/team.yaml": "threads: all\ngroups: {S01: manager}"})
    assert not defects
    assert (own.team.threads, own.team.groups) == ("all", {"S01": "manager"})


@pytest.mark.parametrize("text", ["threads: some", "groups: {S01: boss}"])
def test_an_unknown_choice_is_told_with_its_line(text: str) -> None:
    _, defects = load_knowledge({"knowledge/team.yaml": text})
    assert [(defect.file, defect.line) for defect in defects] == [("knowledge/team.yaml", 1)]
