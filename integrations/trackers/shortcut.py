"""Shortcut: a lead is a story in a workflow; its key is the story's external id."""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from flows.errors import Misconfigured
from flows.events import Moved
from flows.model import Json
from flows.ports.tracker import Budget, Card, CardRef, Place, tracker_address
from flows.ports.turns import Clock
from integrations.http import http_client
from integrations.trackers._markdown import described, fitting, quiet
from integrations.trackers._service import Forbidden, Limit, Service, Unreadable, header

NAME: Final = "shortcut"
_SECONDS: Final = 60.0
_TITLE, _TEXT = 512, 100_000


class Settings(BaseModel):
    """`workflow_state` is the id or the name of the state of new stories, or `workflow/state`.

    `calls` are those of a token in a minute: the 200th is already one too many.
    """

    model_config = ConfigDict(frozen=True)

    token: SecretStr
    workflow_state: str
    webhook_secret: SecretStr = SecretStr("")
    calls: int = Field(199, gt=0)
    api_url: str = "https://api.app.shortcut.com/api/v3"


def connect(settings: Settings, budget: Budget, clock: Clock) -> "Shortcut":
    """The tracker. Raises `Misconfigured` where something to be let in with is missing."""
    token = settings.token.get_secret_value()
    for name, value in (("SHORTCUT_TOKEN", token), ("SHORTCUT_WORKFLOW_STATE", settings.workflow_state)):
        if not value:
            raise Misconfigured(name, "it is empty", "docs/trackers.md says where to find it")
    client = http_client(settings.api_url, headers={"Shortcut-Token": token}, repeats=False)
    limit = Limit(f"{NAME}:{hashlib.sha256(token.encode()).hexdigest()[:16]}", settings.calls, _SECONDS)
    return Shortcut(settings, Service(client, "SHORTCUT_TOKEN", limit, budget, clock))


class Shortcut:
    """The port `Tracker`."""

    name = NAME

    def __init__(self, settings: Settings, service: Service) -> None:
        self._settings = settings
        self._service = service
        self._states: dict[int, tuple[str, str]] = {}  # workflow and name by id
        self._setting_up = asyncio.Lock()

    async def create(self, card: Card) -> CardRef:
        """`POST /stories`; the external id can never be changed again."""
        fields = {**await self._fields(card), "external_id": card.key, "story_type": "chore"}
        fields["workflow_state_id"] = await self._first()
        return await self._ref(await self._service.call("POST", "/stories", json=fields))

    async def find(self, key: str) -> CardRef | None:
        """By the external id, exactly; archived stories too."""
        found = await self._service.call("POST", "/stories/search", json={"external_id": key})
        return await self._ref(found[0]) if found else None

    async def find_person(self, phone: str, email: str) -> Sequence[CardRef]:
        """Open stories whose description holds the phone or the address; the search's index may lag behind."""
        refs: dict[str, CardRef] = {}
        for word in (phone, email):
            if word:
                query = {"query": f'description:"{word}" !is:archived !is:done', "page_size": "25"}
                page = await self._service.call("GET", "/search/stories", params=query)
                for story in page["data"]:
                    ref = await self._ref(story)
                    refs[ref.id] = ref
        return list(refs.values())

    async def update(self, ref: CardRef, card: Card) -> CardRef:
        """`PUT /stories/{id}`; into the state of that name, where one is named."""
        fields = await self._fields(card)
        if state := await self._state_named(card.columns):
            fields["workflow_state_id"] = state
        return await self._ref(await self._service.call("PUT", f"/stories/{ref.id}", json=fields))

    async def comment(self, ref: CardRef, text: str) -> None:
        """A comment; nobody is notified by a name in it."""
        said: Json = {"text": fitting(quiet(text), _TEXT)}
        await self._service.call("POST", f"/stories/{ref.id}/comments", json=said)

    async def attach(self, ref: CardRef, name: str, mime: str, content: bytes) -> None:
        """A file."""
        files = {"file0": (name, content, mime)}
        await self._service.call("POST", "/files", data={"story_id": ref.id}, files=files)

    async def describe(self) -> Sequence[Place]:
        """Workflow states and members."""
        await self._load_states()
        found = [Place("state", str(one), name, workflow) for one, (workflow, name) in self._states.items()]
        members = await self._service.call("GET", "/members")
        return [*found, *(Place("member", one["id"], one["profile"]["name"]) for one in members if not one["disabled"])]

    async def moves(self, refs: Sequence[CardRef], since: datetime) -> Sequence[Moved]:
        """The states of stories that changed since then."""
        known = {ref.id for ref in refs}
        wanted: Json = {"updated_at_start": since.astimezone(UTC).isoformat()}
        await self._load_states()
        stories = await self._service.call("POST", "/stories/search", json=wanted)
        return [self._seen(story) for story in stories if str(story["id"]) in known]

    def read(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Moved]:  # noqa: ARG002 - unsigned
        """`Payload-Signature` (once `Clubhouse-Signature`): hex of HMAC-SHA256 over the body."""
        given = header(headers, "Payload-Signature") or header(headers, "Clubhouse-Signature")
        secret = self._settings.webhook_secret.get_secret_value()
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not secret or not hmac.compare_digest(digest.encode(), given.encode()):
            raise Forbidden
        try:
            return _moves(orjson.loads(body))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            raise Unreadable from None

    async def register(self, url: str) -> Mapping[str, Json]:
        """One webhook of the workspace; the service lists none, so whoever keeps its id asks once."""
        wanted: Json = {"webhook_url": url, "secret": self._settings.webhook_secret.get_secret_value()}
        made = await self._service.call("POST", "/integrations/webhook", json=wanted)
        return {"id": str(made["id"])} if isinstance(made, dict) and "id" in made else {}

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    # ------------------------------------------------------------------ how it is said to Shortcut
    async def _fields(self, card: Card) -> dict[str, Json]:
        fields: dict[str, Json] = {
            "name": fitting(card.title, _TITLE),
            "description": described(card, _TEXT),
            "labels": [{"name": label} for label in card.labels],
            "deadline": f"{card.due.isoformat()}T12:00:00Z" if card.due else None,
        }
        if card.member and (owners := await self._members(card.member)):
            fields["owner_ids"] = owners
        return fields if card.due else {name: value for name, value in fields.items() if name != "deadline"}

    async def _members(self, wanted: str) -> list[Json]:
        found: list[Json] = []
        for one in await self._service.call("GET", "/members"):
            profile = one["profile"]
            names = {one["id"], profile["name"], profile.get("email_address") or "", profile.get("mention_name") or ""}
            if wanted.casefold() in {name.casefold() for name in names}:
                found.append(one["id"])
        return found

    # ------------------------------------------------------------------ where it is
    async def _load_states(self) -> None:
        async with self._setting_up:
            if not self._states:
                for workflow in await self._service.call("GET", "/workflows"):
                    for state in workflow["states"]:
                        self._states[state["id"]] = (workflow["name"], state["name"])

    async def _first(self) -> int:
        """The state of the settings."""
        wanted = self._settings.workflow_state
        found = await self._named(wanted)
        if len(found) != 1:
            reason = f"{len(found)} states are called “{wanted}”" if found else f"there is no state “{wanted}”"
            remedy = "`assistant doctor` names them; write workflow/state, or an id"
            raise Misconfigured("SHORTCUT_WORKFLOW_STATE", reason, remedy)
        return found[0]

    async def _state_named(self, names: Sequence[str]) -> int | None:
        """The first that there is in the workflow that new stories begin in."""
        workflow, _ = self._states[await self._first()]
        for name in names:
            if found := await self._named(f"{workflow}/{name}"):
                return found[0]
        return None

    async def _named(self, wanted: str) -> list[int]:
        await self._load_states()
        if wanted.isdecimal():
            return [int(wanted)] if int(wanted) in self._states else []
        workflow, slash, name = wanted.rpartition("/")
        return [
            one
            for one, (inside, called) in self._states.items()
            if called.casefold() == name.casefold() and (not slash or inside.casefold() == workflow.casefold())
        ]

    async def _ref(self, story: Mapping[str, Any]) -> CardRef:
        await self._load_states()
        _, column = self._states.get(story["workflow_state_id"], ("", ""))
        return CardRef(str(story["id"]), str(story.get("app_url", "")), column)

    def _seen(self, story: Mapping[str, Any]) -> Moved:
        """A state that a look found; seen twice it is one event."""
        card, moved = str(story["id"]), str(story.get("moved_at") or story["updated_at"])
        _, column = self._states.get(story["workflow_state_id"], ("", ""))
        at = datetime.fromisoformat(moved)
        identity = f"shortcut:{card}:{moved}:{story['workflow_state_id']}"
        return Moved(identity, tracker_address(NAME, card), at, card, column, at)


def _moves(event: Mapping[str, Any]) -> Sequence[Moved]:
    """The moves in a webhook: ids in its changes, their names in its references."""
    names = {
        one["id"]: one["name"] for one in event.get("references", []) if one.get("entity_type") == "workflow-state"
    }
    at = datetime.fromisoformat(event["changed_at"])
    found = []
    for number, action in enumerate(event.get("actions", [])):
        if action.get("entity_type") != "story":
            continue
        card, identity = str(action["id"]), f"shortcut:{event['id']}:{number}"
        change = action.get("changes", {}).get("workflow_state_id")
        if action["action"] == "delete":
            found.append(Moved(identity, tracker_address(NAME, card), at, card, "", at, gone=True))
        elif action["action"] == "update" and change and change["new"] in names:
            found.append(Moved(identity, tracker_address(NAME, card), at, card, names[change["new"]], at))
    return found
