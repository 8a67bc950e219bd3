"""ClickUp: a lead is a task in a list; its key is in a custom field, else the last line of its description."""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import quote

import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from flows.errors import Misconfigured, Refused
from flows.events import Moved
from flows.model import Json
from flows.ports.tracker import Budget, Card, CardRef, Place
from flows.ports.turns import Clock
from integrations.http import http_client
from integrations.trackers._markdown import described, fitting, quiet
from integrations.trackers._service import Forbidden, Limit, Service, Unreadable, header
from integrations.trackers.clickup.reading import NAME, lines_of, moves_of, ref_of, seen

_SECONDS: Final = 60.0
_TEXT: Final = 100_000
_TITLE: Final = 2_000
_PAGES: Final = 200
_RECENT: Final = 1  # pages of a hundred among which a person is looked for: the newest tasks come first
_TRIED: Final = timedelta(days=30)  # how long ago a task that is looked for by its line may have been made
_NAMES: Final = "`assistant doctor` names them; write space/list, or an id"


class Settings(BaseModel):
    """`list` is a list's id, its name, or `space/list`; `key_field` the id or name of a text field for our key.

    `calls` are those of a token in a minute: 100 on most plans, 1000 on Business Plus, 10000 on Enterprise.
    """

    model_config = ConfigDict(frozen=True)

    token: SecretStr
    list: str
    webhook_secret: SecretStr = SecretStr("")
    key_field: str = ""
    calls: int = Field(100, gt=0)
    api_url: str = "https://api.clickup.com/api/v2"


def connect(settings: Settings, budget: Budget, clock: Clock) -> "ClickUp":
    """The tracker. Raises `Misconfigured` where something to be let in with is missing."""
    token = settings.token.get_secret_value()
    for name, value in (("CLICKUP_TOKEN", token), ("CLICKUP_LIST", settings.list)):
        if not value:
            raise Misconfigured(name, "it is empty", "docs/trackers.md says where to find it")
    authorization = token if token.startswith("pk_") else f"Bearer {token}"
    client = http_client(settings.api_url, headers={"Authorization": authorization}, repeats=False)
    limit = Limit(f"{NAME}:{hashlib.sha256(token.encode()).hexdigest()[:16]}", settings.calls, _SECONDS)
    return ClickUp(settings, Service(client, "CLICKUP_TOKEN", limit, budget, clock), clock)


class ClickUp:
    """The port `Tracker`."""

    name = NAME

    def __init__(self, settings: Settings, service: Service, clock: Clock) -> None:
        self._settings = settings
        self._service = service
        self._clock = clock
        self._setting_up = asyncio.Lock()
        self._home: Mapping[str, Any] = {}
        self._field = ""

    async def create(self, card: Card) -> CardRef:
        """`POST /list/{id}/task`."""
        home = await self._list()
        fields: dict[str, Json] = {**self._fields(card), "tags": list(card.labels), "notify_all": False}
        if member := self._member(home, card.member):
            fields["assignees"] = [member]
        if field := await self._key_field():
            fields["custom_fields"] = [{"id": field, "value": card.key}]
        return ref_of(await self._service.call("POST", f"/list/{home['id']}/task", json=fields))

    async def find(self, key: str) -> CardRef | None:
        """By the field, exactly (`==`; `=` is "contains"), else by the line among the last days'; closed tasks too."""
        query = {"include_closed": "true", "subtasks": "true", "include_markdown_description": "true"}
        if field := await self._key_field():
            wanted = [{"field_id": field, "operator": "==", "value": key}]
            query["custom_fields"] = orjson.dumps(wanted).decode()
            found = await self._page(query, 0)
            return ref_of(found["tasks"][0]) if found["tasks"] else None
        query["date_created_gt"] = str(int((self._clock() - _TRIED).timestamp() * 1000))
        return next((ref_of(task) for task in await self._tasks(query) if key in lines_of(task)), None)

    async def find_person(self, phone: str, email: str) -> Sequence[CardRef]:
        """Open tasks, of the newest, whose description holds the phone or the address."""
        wanted = [word.casefold() for word in (phone, email) if word]
        tasks = await self._tasks({"include_markdown_description": "true"}, _RECENT)
        texts = [(task, "\n".join(lines_of(task)).replace("\\", "").casefold()) for task in tasks]
        return [ref_of(task) for task, text in texts if any(word in text for word in wanted)]

    async def update(self, ref: CardRef, card: Card) -> CardRef:
        """`PUT /task/{id}`; tags have calls of their own."""
        home, fields = await self._list(), self._fields(card)
        known = {one["status"].casefold(): one["status"] for one in home.get("statuses", [])}
        if status := next((known[name.casefold()] for name in card.columns if name.casefold() in known), None):
            fields["status"] = status
        if member := self._member(home, card.member):
            fields["assignees"] = {"add": [member], "rem": []}
        task = await self._service.call("PUT", f"/task/{ref.id}", json=fields)
        has = {tag["name"].casefold() for tag in task.get("tags", [])}
        for label in card.labels:
            if label.casefold() not in has:
                await self._service.call("POST", f"/task/{ref.id}/tag/{quote(label, safe='')}")
        return ref_of(task)

    async def comment(self, ref: CardRef, text: str) -> None:
        """A comment; nobody is notified."""
        said: Json = {"comment_text": fitting(quiet(text), _TEXT), "notify_all": False}
        await self._service.call("POST", f"/task/{ref.id}/comment", json=said)

    async def attach(self, ref: CardRef, name: str, mime: str, content: bytes) -> None:
        """A file."""
        await self._service.call("POST", f"/task/{ref.id}/attachment", files={"attachment": (name, content, mime)})

    async def describe(self) -> Sequence[Place]:
        """Workspaces, spaces, lists in and out of folders with their statuses, and members."""
        found: list[Place] = []
        for team in (await self._service.call("GET", "/team"))["teams"]:
            found.append(Place("workspace", str(team["id"]), team["name"]))
            people = [one["user"] for one in team.get("members", [])]
            found += [Place("member", str(one["id"]), one["username"] or one["email"], team["name"]) for one in people]
            for space in await self._spaces(str(team["id"])):
                found.append(Place("space", str(space["id"]), space["name"], team["name"]))
                for one in await self._lists(str(space["id"])):
                    found.append(Place("list", str(one["id"]), one["name"], space["name"]))
        return found

    async def moves(self, refs: Sequence[CardRef], since: datetime) -> Sequence[Moved]:
        """The statuses of tasks that changed since then."""
        known = {ref.id for ref in refs}
        after = str(int(since.timestamp() * 1000))
        tasks = await self._tasks({"include_closed": "true", "date_updated_gt": after, "order_by": "updated"})
        return [seen(task) for task in tasks if task["id"] in known]

    def read(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Moved]:  # noqa: ARG002 - unsigned
        """`X-Signature`: hex of HMAC-SHA256 over the body."""
        secret = self._settings.webhook_secret.get_secret_value()
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not secret or not hmac.compare_digest(digest.encode(), header(headers, "X-Signature").encode()):
            raise Forbidden
        try:
            return moves_of(orjson.loads(body))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            raise Unreadable from None

    async def register(self, url: str) -> Mapping[str, Json]:
        """One webhook on the list. Its secret comes once, with its creation: it is to be kept."""
        home = await self._list()
        team = await self._team_of(home)
        hooks = (await self._service.call("GET", f"/team/{team}/webhook"))["webhooks"]
        for hook in hooks:
            if hook["endpoint"] == url:
                if hook["health"]["status"] != "active":
                    again: Json = {"endpoint": url, "events": "*", "status": "active"}
                    await self._service.call("PUT", f"/webhook/{hook['id']}", json=again)
                return {"secret": hook["secret"]} if hook.get("secret") else {}
        wanted: Json = {"endpoint": url, "events": ["taskStatusUpdated", "taskDeleted"], "list_id": int(home["id"])}
        made = await self._service.call("POST", f"/team/{team}/webhook", json=wanted)
        return {"secret": made["webhook"]["secret"]}

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    # ------------------------------------------------------------------ how it is said to ClickUp
    def _fields(self, card: Card) -> dict[str, Json]:
        fields: dict[str, Json] = {
            "name": fitting(card.title, _TITLE),
            "markdown_content": described(card, _TEXT),
        }
        if card.due:  # one that was set can be changed, and not be taken away
            due = datetime.combine(card.due, time(12), UTC)
            fields |= {"due_date": int(due.timestamp() * 1000), "due_date_time": False}
        return fields

    def _member(self, home: Mapping[str, Any], wanted: str) -> int | None:
        for one in home["members"]:
            names = {str(one["id"]), str(one.get("email", "")).casefold(), str(one.get("username", "")).casefold()}
            if wanted and wanted.casefold() in names:
                return int(one["id"])
        return None

    async def _key_field(self) -> str:
        wanted = self._settings.key_field
        if wanted and not self._field:
            fields = (await self._service.call("GET", f"/list/{(await self._list())['id']}/field"))["fields"]
            found = [one["id"] for one in fields if wanted.casefold() in {one["id"], one["name"].casefold()}]
            if not found:
                reason = f"the list has no field “{wanted}”"
                raise Misconfigured("CLICKUP_KEY_FIELD", reason, "Add a text field of that name, or leave it empty")
            self._field = found[0]
        return self._field

    # ------------------------------------------------------------------ where it is
    async def _list(self) -> Mapping[str, Any]:
        """The list of the settings, with its statuses and those who may be given a task."""
        async with self._setting_up:
            if not self._home:
                self._home = await self._found()
        return self._home

    async def _found(self) -> Mapping[str, Any]:
        wanted = self._settings.list
        identity = wanted if wanted.isdecimal() else await self._list_named(wanted)
        try:
            found = await self._service.call("GET", f"/list/{identity}")
        except Refused:
            raise Misconfigured("CLICKUP_LIST", f"there is no list “{wanted}”", _NAMES) from None
        if found.get("archived"):
            reason = f"the list “{found['name']}” is archived"
            raise Misconfigured("CLICKUP_LIST", reason, "Restore it, or name another")
        members = (await self._service.call("GET", f"/list/{identity}/member"))["members"]
        return {**found, "members": members}

    async def _list_named(self, wanted: str) -> str:
        space_name, slash, name = wanted.rpartition("/")
        found = []
        for team in (await self._service.call("GET", "/team"))["teams"]:
            for space in await self._spaces(str(team["id"])):
                if slash and space["name"].casefold() != space_name.casefold():
                    continue
                lists = await self._lists(str(space["id"]))
                found += [str(one["id"]) for one in lists if one["name"].casefold() == name.casefold()]
        if len(found) != 1:
            reason = f"{len(found)} lists are called “{wanted}”" if found else f"there is no list “{wanted}”"
            raise Misconfigured("CLICKUP_LIST", reason, _NAMES)
        return found[0]

    async def _team_of(self, home: Mapping[str, Any]) -> str:
        """The workspace that holds the list's space."""
        for team in (await self._service.call("GET", "/team"))["teams"]:
            if any(str(space["id"]) == str(home["space"]["id"]) for space in await self._spaces(str(team["id"]))):
                return str(team["id"])
        raise Misconfigured("CLICKUP_LIST", "its workspace cannot be seen with this token", _NAMES)

    async def _spaces(self, team: str) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = (await self._service.call("GET", f"/team/{team}/space"))["spaces"]
        return found

    async def _lists(self, space: str) -> Sequence[Mapping[str, Any]]:
        found = list((await self._service.call("GET", f"/space/{space}/list"))["lists"])
        for folder in (await self._service.call("GET", f"/space/{space}/folder"))["folders"]:
            found += folder.get("lists", [])
        return found

    async def _page(self, query: Mapping[str, str], page: int) -> Mapping[str, Any]:
        path = f"/list/{(await self._list())['id']}/task"
        found: Mapping[str, Any] = await self._service.call("GET", path, params={**query, "page": str(page)})
        return found

    async def _tasks(self, query: Mapping[str, str], pages: int = _PAGES) -> Sequence[Mapping[str, Any]]:
        tasks: list[Mapping[str, Any]] = []
        for number in range(pages):
            page = await self._page(query, number)
            tasks += page["tasks"]
            if page.get("last_page", True):
                break
        return tasks
