"""Trello: a lead is a card in a list; the key is the last line of its description."""

import asyncio
import base64
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping, Sequence
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

NAME: Final = "trello"
_SECONDS: Final = 10.0
_TEXT: Final = 16_384
_PAGE: Final = 1000
_PAGES: Final = 100  # as many cards as a board may have
_RECENT: Final = 300  # open cards among which a person is looked for, from the newest back
_ID: Final = re.compile(r"[0-9a-f]{24}")
_SHOWN: Final = "id,name,desc,idList,shortUrl"


class Settings(BaseModel):
    """`list` is a list's id, its name, or `board/list`; `secret` is the API secret, by which webhooks are signed.

    `calls` are those of a token in ten seconds.
    """

    model_config = ConfigDict(frozen=True)

    key: SecretStr
    token: SecretStr
    secret: SecretStr = SecretStr("")
    list: str
    calls: int = Field(100, gt=0)
    api_url: str = "https://api.trello.com/1"


def connect(settings: Settings, budget: Budget, clock: Clock) -> "Trello":
    """The tracker. Raises `Misconfigured` where something to be let in with is missing."""
    key, token = settings.key.get_secret_value(), settings.token.get_secret_value()
    for name, value in (("TRELLO_KEY", key), ("TRELLO_TOKEN", token), ("TRELLO_LIST", settings.list)):
        if not value:
            raise Misconfigured(name, "it is empty", "docs/trackers.md says where to find it")
    authorization = f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'
    client = http_client(settings.api_url, headers={"Authorization": authorization}, repeats=False)
    limit = Limit(f"{NAME}:{hashlib.sha256(token.encode()).hexdigest()[:16]}", settings.calls, _SECONDS)
    return Trello(settings, Service(client, "TRELLO_TOKEN", limit, budget, clock))


class Trello:
    """The port `Tracker`."""

    name = NAME

    def __init__(self, settings: Settings, service: Service) -> None:
        self._settings = settings
        self._service = service
        self._list: dict[str, str] = {}  # the list that new cards go to: id, idBoard
        self._lists: dict[str, str] = {}  # names of the board's lists by id
        self._labels: dict[str, str] = {}
        self._setting_up = asyncio.Lock()
        self._labelling = asyncio.Lock()

    async def create(self, card: Card) -> CardRef:
        """`POST /cards`."""
        home = await self._home()
        made = await self._service.call("POST", "/cards", json={"idList": home["id"], **await self._fields(card)})
        return self._ref(made)

    async def find(self, key: str) -> CardRef | None:
        """Among all cards of the board: the search's index lags behind writes."""
        async for card in self._cards("all", _PAGE, _PAGES):
            if _keyed(card, key):
                return self._ref(card)
        return None

    async def find_person(self, phone: str, email: str) -> Sequence[CardRef]:
        """Open cards, of the newest, whose description holds the phone or the address."""
        wanted = [word.casefold() for word in (phone, email) if word]
        return [self._ref(one) async for one in self._cards("open", _RECENT, 1) if _holds(one, wanted)]

    async def update(self, ref: CardRef, card: Card) -> CardRef:
        """`PUT /cards/{id}`; into the list of that name, where one is named."""
        fields = await self._fields(card)
        if target := await self._list_named(card.columns):
            fields["idList"] = target
        return self._ref(await self._service.call("PUT", f"/cards/{ref.id}", json=fields))

    async def comment(self, ref: CardRef, text: str) -> None:
        """A comment; nobody is notified by a name in it."""
        await self._service.call(
            "POST", f"/cards/{ref.id}/actions/comments", json={"text": fitting(quiet(text), _TEXT)}
        )

    async def attach(self, ref: CardRef, name: str, mime: str, content: bytes) -> None:
        """A file of at most 10 MB, which is what a free board takes."""
        await self._service.call("POST", f"/cards/{ref.id}/attachments", files={"file": (name, content, mime)})

    async def describe(self) -> Sequence[Place]:
        """Boards, their lists and members."""
        found: list[Place] = []
        for board in await self._boards():
            found.append(Place("board", board["id"], board["name"]))
            lists = await self._service.call("GET", f"/boards/{board['id']}/lists", params={"filter": "open"})
            found += [Place("list", one["id"], one["name"], board["name"]) for one in lists]
            members = await self._service.call("GET", f"/boards/{board['id']}/members")
            found += [Place("member", one["id"], one["fullName"], board["name"]) for one in members]
        return found

    async def moves(self, refs: Sequence[CardRef], since: datetime) -> Sequence[Moved]:
        """From the board's own actions: they have the ids of those that a webhook brings."""
        board, known = (await self._home())["idBoard"], {ref.id for ref in refs}
        query = {"filter": "updateCard,deleteCard", "since": since.astimezone(UTC).isoformat(), "limit": "1000"}
        actions = await self._service.call("GET", f"/boards/{board}/actions", params=query)
        found = [moved for action in reversed(actions) if (moved := _moved(action)) is not None]
        return [moved for moved in found if moved.card in known]

    def read(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Moved]:
        """`X-Trello-Webhook`: base64 of HMAC-SHA1 over the body and the very URL that was registered."""
        given = header(headers, "X-Trello-Webhook")
        secret = self._settings.secret.get_secret_value()
        digest = hmac.new(secret.encode(), body + url.encode(), hashlib.sha1).digest()
        if not secret or not hmac.compare_digest(base64.b64encode(digest), given.encode()):
            raise Forbidden
        try:
            moved = _moved(orjson.loads(body)["action"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise Unreadable from None
        return () if moved is None else (moved,)

    async def register(self, url: str) -> Mapping[str, Json]:
        """One webhook on the board; an address that is registered is not registered twice."""
        token, board = self._settings.token.get_secret_value(), (await self._home())["idBoard"]
        hooks = await self._service.call("GET", f"/tokens/{token}/webhooks")
        if not any(hook["callbackURL"] == url and hook["idModel"] == board and hook["active"] for hook in hooks):
            wanted: Json = {"callbackURL": url, "idModel": board, "description": "Sales assistant", "active": True}
            await self._service.call("POST", "/webhooks/", json=wanted)
        return {}

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    # ------------------------------------------------------------------ how it is said to Trello
    async def _fields(self, card: Card) -> dict[str, Json]:
        fields: dict[str, Json] = {
            "name": fitting(card.title, _TEXT),
            "desc": described(card, _TEXT),
            "idLabels": [await self._label(name) for name in card.labels],
            "due": f"{card.due.isoformat()}T12:00:00.000Z" if card.due else None,
        }
        if card.member:
            fields["idMembers"] = await self._members(card.member)
        return fields

    async def _members(self, wanted: str) -> list[Json]:
        board = (await self._home())["idBoard"]
        members = await self._service.call("GET", f"/boards/{board}/members")
        names = {wanted.casefold(), wanted.partition("@")[0].casefold()}
        return [one["id"] for one in members if names & {one["id"], _folded(one, "username"), _folded(one, "fullName")}]

    async def _label(self, name: str) -> str:
        board = (await self._home())["idBoard"]
        async with self._labelling:  # two at a time would make two labels of one name
            if name not in self._labels:
                labels = await self._service.call("GET", f"/boards/{board}/labels", params={"limit": "1000"})
                self._labels |= {one["name"]: one["id"] for one in labels if one["name"]}
            if name not in self._labels:
                made = await self._service.call("POST", "/labels", json={"name": name, "color": None, "idBoard": board})
                self._labels[name] = made["id"]
        return self._labels[name]

    # ------------------------------------------------------------------ where it is
    async def _home(self) -> dict[str, str]:
        """The list of the settings: by id, or by the name that one list has."""
        async with self._setting_up:
            if not self._list:
                home = await self._found()
                lists = await self._service.call("GET", f"/boards/{home['idBoard']}/lists", params={"filter": "all"})
                self._lists = {one["id"]: one["name"] for one in lists}
                self._list = home
        return self._list

    async def _found(self) -> dict[str, str]:
        wanted = self._settings.list
        found = [await self._by_id(wanted)] if _ID.fullmatch(wanted) else await self._by_name(wanted)
        if len(found) != 1:
            reason = f"{len(found)} lists are called “{wanted}”" if found else f"there is no list “{wanted}”"
            raise Misconfigured("TRELLO_LIST", reason, "`assistant doctor` names them; write board/list, or an id")
        return found[0]

    async def _by_id(self, wanted: str) -> dict[str, str]:
        found = await self._service.call("GET", f"/lists/{wanted}", params={"fields": "name,idBoard,closed"})
        if found.get("closed"):
            raise Misconfigured("TRELLO_LIST", f"the list “{found['name']}” is archived", "Open it, or name another")
        return {"id": found["id"], "idBoard": found["idBoard"]}

    async def _by_name(self, wanted: str) -> list[dict[str, str]]:
        board_name, slash, name = wanted.rpartition("/")
        found = []
        for board in await self._boards():
            if slash and board["name"].casefold() != board_name.casefold():
                continue
            lists = await self._service.call("GET", f"/boards/{board['id']}/lists", params={"filter": "open"})
            found += [
                {"id": one["id"], "idBoard": board["id"]} for one in lists if one["name"].casefold() == name.casefold()
            ]
        return found

    async def _boards(self) -> Sequence[Mapping[str, str]]:
        boards: Sequence[Mapping[str, str]] = await self._service.call(
            "GET", "/members/me/boards", params={"filter": "open", "fields": "name"}
        )
        return boards

    async def _list_named(self, names: Sequence[str]) -> str:
        """The first list that there is; its own order says which of two of one name."""
        await self._home()
        known = {name.casefold(): one for one, name in reversed(self._lists.items())}
        return next((known[name.casefold()] for name in names if name.casefold() in known), "")

    async def _cards(self, which: str, size: int, pages: int) -> AsyncIterator[Mapping[str, Any]]:
        """Of the board, the newest first: each page reaches back from the oldest card of the one before."""
        board = (await self._home())["idBoard"]
        query = {"fields": _SHOWN, "filter": which, "limit": str(size)}
        for _ in range(pages):
            page = await self._service.call("GET", f"/boards/{board}/cards", params=query)
            newest_first = sorted(page, key=lambda card: str(card["id"]), reverse=True)
            for card in newest_first:
                yield card
            if len(page) < size:
                break
            query["before"] = newest_first[-1]["id"]

    def _ref(self, card: Mapping[str, Any]) -> CardRef:
        return CardRef(card["id"], card.get("shortUrl", ""), self._lists.get(card.get("idList", ""), ""))


def _keyed(card: Mapping[str, Any], key: str) -> bool:
    return key in str(card.get("desc", "")).splitlines()


def _holds(card: Mapping[str, Any], words: Sequence[str]) -> bool:
    text = str(card.get("desc", "")).replace("\\", "").casefold()
    return any(word in text for word in words)


def _folded(member: Mapping[str, Any], field: str) -> str:
    return str(member.get(field, "")).casefold()


def _moved(action: Mapping[str, Any]) -> Moved | None:
    """A move to another list, an archiving (as the column "archived") or a deletion; None for any other action."""
    data, card = action["data"], action["data"].get("card", {}).get("id", "")
    column, gone = "", action["type"] == "deleteCard"
    if action["type"] == "updateCard":
        column = str(data.get("listAfter", {}).get("name", ""))
        if "closed" in data.get("old", {}) and data["card"].get("closed"):
            column = "archived"
    if not card or not (column or gone):
        return None
    at = datetime.fromisoformat(action["date"])
    return Moved(f"trello:{action['id']}", tracker_address(NAME, card), at, card, column, at, gone=gone)
