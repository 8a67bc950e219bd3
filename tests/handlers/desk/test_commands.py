"""Commands of staff: what is answered, to whom, and that nothing is done for anybody else."""

import csv
import io
from datetime import timedelta

import pytest

from flows.desk import Button, Member
from flows.outbound import Line
from flows.ports.people import Person
from tests.fakes.rows import NOW
from tests.handlers.desk.office import Office

OLGA = Person("olga", "olga@example.com", "rep", "Ольга", slack="U-olga")
BOSS = Person("boss", "boss@example.com", "manager", "Анна", slack="U-boss")


@pytest.fixture
def office() -> Office:
    """A rep whose Slack speaks Russian, a manager, a stranger."""
    made = Office()
    for person in (OLGA, BOSS):
        made.memory.people[person.email] = person
    made.desk.join("U-olga", "Ольга", "olga@example.com", "ru-RU")
    made.desk.join("U-boss", "Anna", "boss@example.com", "en-US")
    made.desk.join("U-stranger", "Eve", "eve@example.com", "en-US")
    return made


async def test_figures_come_with_a_chart_and_as_they_are_counted(office: Office) -> None:
    row = office.has(owner="olga")
    office.memory.lines += [Line("1.in", row.id, "prospect", NOW - timedelta(days=3), "hi")]
    said = await office.asks("U-boss", "stats", "7d")
    figures = await office.store.reports.stats(NOW - timedelta(days=7), NOW)
    (post,) = office.answered
    fields = {field.label: field.value for field in post.fields}
    assert fields == {"People": str(figures["people"]), "Conversations": str(figures["conversations"])}
    assert "From 2026-11-15 to 2026-11-22" in said
    assert "- qualified: 0" in said, "the lead is made at this very moment, which ends the period"
    assert [post.contents[file.ref] for file in post.files] == [b"1 en"]
    assert post.files[0].mime == "image/png"


async def test_figures_cover_thirty_days_unless_told_and_need_no_chart(office: Office) -> None:
    office.dark = True
    assert "2026-10-23" in await office.asks("U-olga", "stats")
    assert office.answered[0].files == ()


async def test_the_answer_is_in_the_language_of_whoever_asks(office: Office) -> None:
    await office.asks("U-olga", "stats")
    await office.asks("U-boss", "stats")
    assert office.charts == 2
    await office.asks("U-olga", "stats")
    assert office.answered[0].contents["chart-1.png"].endswith(b" ru")


async def test_a_stranger_is_told_politely_and_nothing_is_done(office: Office) -> None:
    office.has()
    for command in ("stats", "export", "leads", "lead", "away", "nonsense"):
        said = await office.asks("U-stranger", command, "")
        assert said == "This is for the staff. To use it, ask a colleague to add you."
        assert office.answered[0].files == ()
    assert office.memory.audit == []
    assert office.charts == 0


async def test_leads_are_a_file_for_managers_with_a_record_of_it(office: Office) -> None:
    for number in range(3):
        office.has(f"c{number}", status="won" if number else "new", created_at=NOW - timedelta(days=number * 10))
    await office.asks("U-olga", "export")
    assert [post.files for post in office.answered] == [()], "a rep gets no file"
    assert office.memory.audit == []
    assert await office.asks("U-boss", "export", "csv 30d status=won") == "2 leads."
    (post,) = office.answered
    (file,) = post.files
    assert (file.name, file.kind, file.size) == ("leads-2026-11-22.csv", "document", len(post.contents[file.ref]))
    rows = list(csv.DictReader(io.StringIO(post.contents[file.ref].decode("utf-8-sig"))))
    assert [(row["id"], row["status"], row["phone"]) for row in rows] == [
        ("c2", "won", "+79161234567"),
        ("c1", "won", "+79161234567"),
    ]
    (record,) = office.memory.audit
    assert record == {"by": "boss", "action": "export", "format": "csv", "days": 30, "status": "won", "leads": 2}


async def test_a_workbook_and_an_empty_file(office: Office) -> None:
    office.has()
    assert await office.asks("U-boss", "export", "xlsx") == "1 lead."
    assert office.answered[0].contents["leads-2026-11-22.xlsx"].startswith(b"PK")
    assert await office.asks("U-boss", "export", "lost") == "No lead matches, so there is no file."
    assert office.answered[0].files == ()


@pytest.mark.parametrize(
    ("command", "arguments", "example"),
    [
        ("stats", "yesterday", "/stats 7d"),
        ("stats", "xlsx", "/stats 7d"),
        ("export", "pdf", "/export xlsx 30d status=won"),
        ("leads", "*@here* <!channel>", "/leads qualified"),
        ("lead", "", "/lead 0a1b2c3d4e5f6071"),
        ("lead", "a b", "/lead 0a1b2c3d4e5f6071"),
        ("away", "whenever", "/away 18:00, /away 3d, /away off"),
    ],
)
async def test_bad_input_is_answered_with_how_it_is_written(
    office: Office, command: str, arguments: str, example: str
) -> None:
    said = await office.asks("U-boss", command, arguments)
    assert said.endswith(f"Write it like this: {example}")
    assert office.memory.audit == []
    assert "*@here*" not in said


async def test_an_unknown_command_lists_the_known_ones(office: Office) -> None:
    said = await office.asks("U-boss", "statz")
    for name in office.commands.names:
        assert f"/{name}" in said


async def test_leads_are_listed_with_a_button_each(office: Office) -> None:
    office.has("c1", owner="olga")
    office.has("c2", status="won", consent=None)
    said = await office.asks("U-boss", "leads")
    assert said.splitlines() == [
        "2 leads",
        "- **кофемашина** · won · 70 · c2",
        "- **Анна — кофемашина** · qualified · 70 · → Ольга · c1",
    ]
    assert office.answered[0].controls == (
        Button("lead", "кофемашина", "c2"),
        Button("lead", "Анна — кофемашина", "c1"),
    )
    await office.asks("U-boss", "leads", "won")
    assert office.answered[0].title == "1 lead"
    assert await office.asks("U-boss", "leads", "lost") == "No lead matches."


async def test_a_lead_is_shown_with_buttons_that_name_it(office: Office) -> None:
    office.has("c1")
    await office.asks("U-boss", "lead", "c1")
    (card,) = office.answered
    assert "кофемашина" in card.title
    values = {control.action: control.value for control in card.controls if isinstance(control, Button)}
    assert values["take_over"] == "@@c1"
    assert "no lead" in await office.asks("U-boss", "lead", "c404")


@pytest.mark.parametrize(
    ("arguments", "hours"),
    [("", 14), ("3d", 72), ("2h", 2), ("3 часа", 3), ("18:00", 8), ("до 18:00", 8), ("tomorrow 12:00", 26)],
)
async def test_who_goes_away_is_away_until_then(office: Office, arguments: str, hours: int) -> None:
    assert (await office.asks("U-boss", "away", arguments)).startswith("You are away until")
    assert (await office.store.staff.list())[0].away_until == NOW + timedelta(hours=hours)
    assert await office.asks("U-boss", "away", "off") == "Welcome back: you are called again."
    assert (await office.store.staff.list())[0].away_until is None


async def test_who_acts_by_a_group_alone_is_not_on_the_staff(office: Office) -> None:
    reply = await office.commands("away", "3d", Person("slack:U-x", "", "rep"), "en", NOW)
    assert "are not on the staff yet" in reply.posts[0].text


async def test_the_desk_knows_people_by_their_address_too(office: Office) -> None:
    office.desk.members["U-new"] = Member("U-new", "New", "new@example.com", "en")
    assert "This is for the staff" in await office.asks("U-new", "stats")
    office.memory.people["new@example.com"] = Person("new", "new@example.com", "rep")
    assert "From" in await office.asks("U-new", "stats")
