"""Trello on loopback: one board, its lists, labels, members, cards, comments, actions and webhooks."""

import base64
import hashlib
import hmac
import itertools
import json
from datetime import datetime
from typing import Any

from aiohttp import ClientSession, web

from integrations.clock import utc_now
from tests.fakes.trackers.server import ApiError, TrackerServer

KEY, TOKEN, SECRET = "0123456789abcdef0123456789abcdef", "ATTAtoken-of-nobody", "trello-secret"
BOARD = "5abbe4b7ddc1b351ef961400"
LISTS = {"5abbe4b7ddc1b351ef961401": "Leads", "5abbe4b7ddc1b351ef961402": "В работе", "5abbe4b7ddc1b351ef961403": "Won"}
MEMBER = "5abbe4b7ddc1b351ef961404"
TEXT = 16_384
_CARD = {"name", "desc", "idList", "due", "idMembers", "idLabels", "closed", "pos", "start", "dueComplete", "urlSource"}


class TrelloServer(TrackerServer):
    """Errors are plain text, as Trello's are; a card's id is 24 hex digits that rise."""

    prefix = "/1"
    calls_allowed, seconds = 100, 10.0

    def __init__(self) -> None:
        self.cards: dict[str, dict[str, Any]] = {}
        self.labels: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, list[str]] = {}
        self.files: dict[str, list[tuple[str, bytes]]] = {}
        self.actions: list[dict[str, Any]] = []
        self.hooks: list[dict[str, Any]] = []
        self.archived: set[str] = set()
        self._ids = itertools.count(0x5ABBE4B7DDC1B351EF970000)
        super().__init__()

    def routes(self, router: web.UrlDispatcher) -> None:
        """What the client calls, and nothing else."""
        at = self.prefix
        router.add_get(f"{at}/members/me/boards", self._boards)
        router.add_get(f"{at}/lists/{{list}}", self._list)
        router.add_get(f"{at}/boards/{BOARD}/lists", self._lists)
        router.add_get(f"{at}/boards/{BOARD}/members", self._members)
        router.add_get(f"{at}/boards/{BOARD}/labels", self._labels)
        router.add_get(f"{at}/boards/{BOARD}/cards", self._cards)
        router.add_get(f"{at}/boards/{BOARD}/actions", self._actions)
        router.add_post(f"{at}/labels", self._label)
        router.add_post(f"{at}/cards", self._create)
        router.add_put(f"{at}/cards/{{card}}", self._update)
        router.add_post(f"{at}/cards/{{card}}/actions/comments", self._comment)
        router.add_post(f"{at}/cards/{{card}}/attachments", self._attach)
        router.add_get(f"{at}/tokens/{{token}}/webhooks", self._list_hooks)
        router.add_post(f"{at}/webhooks/", self._hook)

    def admit(self, request: web.Request) -> None:
        """The key and the token in the header."""
        given = request.headers.get("Authorization", "")
        if f'oauth_consumer_key="{KEY}"' not in given:
            raise ApiError(401, "invalid key")
        if f'oauth_token="{TOKEN}"' not in given:
            raise ApiError(401, "invalid token")

    def too_many(self) -> ApiError:
        """No header says how long."""
        return ApiError(429, {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"})

    def move(self, card: str, to: str, by: str = "5abbe4b7ddc1b351ef969999") -> dict[str, Any]:
        """A person drags a card into the list of that name; the webhook's body."""
        before = self.cards[card]["idList"]
        after = next(one for one, name in LISTS.items() if name == to)
        self.cards[card]["idList"] = after
        data = {
            "card": {"id": card, "name": self.cards[card]["name"], "idList": after},
            "old": {"idList": before},
            "board": {"id": BOARD, "name": "Sales"},
            "listBefore": {"id": before, "name": LISTS[before]},
            "listAfter": {"id": after, "name": to},
        }
        return self._acted("updateCard", data, by)

    def delete(self, card: str) -> dict[str, Any]:
        """A person deletes a card; the webhook's body."""
        del self.cards[card]
        return self._acted("deleteCard", {"card": {"id": card}, "board": {"id": BOARD}}, "5abbe4b7ddc1b351ef969999")

    def signed(self, body: dict[str, Any], url: str) -> tuple[dict[str, str], bytes]:
        """A webhook's headers and bytes."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        digest = hmac.new(SECRET.encode(), raw + url.encode(), hashlib.sha1).digest()
        return {"X-Trello-Webhook": base64.b64encode(digest).decode()}, raw

    # ------------------------------------------------------------------ calls
    async def _boards(self, _: web.Request) -> web.Response:
        return web.json_response([{"id": BOARD, "name": "Sales", "url": "https://trello.example/b/1"}])

    async def _list(self, request: web.Request) -> web.Response:
        found = request.match_info["list"]
        if found not in LISTS:
            raise ApiError(404, "The requested resource was not found.")
        return web.json_response(self._list_json(found))

    async def _lists(self, request: web.Request) -> web.Response:
        every = request.query.get("filter") == "all"
        return web.json_response([self._list_json(one) for one in LISTS if every or one not in self.archived])

    async def _members(self, _: web.Request) -> web.Response:
        return web.json_response([{"id": MEMBER, "fullName": "Анна Продажная", "username": "anna"}])

    async def _labels(self, _: web.Request) -> web.Response:
        return web.json_response(list(self.labels.values()))

    async def _label(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        label = {"id": self._id(), "name": wanted["name"], "idBoard": wanted["idBoard"], "color": wanted["color"]}
        self.labels[label["id"]] = label
        return web.json_response(label)

    async def _cards(self, request: web.Request) -> web.Response:
        limit, before = int(request.query.get("limit", "1000")), request.query.get("before", "")
        if not 0 < limit <= 1000:
            raise ApiError(400, "invalid value for limit")
        chosen = [card for card in self.cards.values() if not before or card["id"] < before]
        if request.query.get("filter") != "all":
            chosen = [card for card in chosen if not card["closed"]]
        return web.json_response(sorted(chosen, key=lambda card: str(card["id"]))[-limit:])

    async def _actions(self, request: web.Request) -> web.Response:
        kinds, since = request.query["filter"].split(","), datetime.fromisoformat(request.query["since"])
        chosen = [one for one in self.actions if one["type"] in kinds and datetime.fromisoformat(one["date"]) >= since]
        return web.json_response(chosen[::-1][: int(request.query["limit"])])

    async def _create(self, request: web.Request) -> web.Response:
        fields = await request.json()
        if fields.get("idList") not in LISTS:
            raise ApiError(400, "invalid value for idList")
        if fields["idList"] in self.archived:
            raise ApiError(400, "List is closed")
        identity = self._id()
        card = {"id": identity, "closed": False, "shortUrl": f"https://trello.example/c/{identity[-6:]}", "desc": ""}
        self.cards[identity] = card | self._checked(fields)
        return web.json_response(self.cards[identity])

    async def _update(self, request: web.Request) -> web.Response:
        card = self._card(request)
        card |= self._checked(await request.json())
        return web.json_response(card)

    async def _comment(self, request: web.Request) -> web.Response:
        card, said = self._card(request), (await request.json())["text"]
        self.comments.setdefault(card["id"], []).append(said)
        return web.json_response({"id": self._id(), "type": "commentCard", "data": {"text": said}})

    async def _attach(self, request: web.Request) -> web.Response:
        card, form = self._card(request), await request.post()
        sent = form["file"]
        assert isinstance(sent, web.FileField)
        self.files.setdefault(card["id"], []).append((sent.filename, sent.file.read()))
        return web.json_response({"id": self._id(), "name": sent.filename})

    async def _list_hooks(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != TOKEN:
            raise ApiError(401, "invalid token")
        return web.json_response(self.hooks)

    async def _hook(self, request: web.Request) -> web.Response:
        """Made only when the address answers HEAD with 200."""
        wanted = await request.json()
        async with ClientSession() as session, session.head(wanted["callbackURL"]) as answer:
            if answer.status != 200:
                raise ApiError(
                    400, f"URL ({wanted['callbackURL']}) did not return 200 status code, got {answer.status}"
                )
        self.hooks.append({"id": self._id(), "consecutiveFailures": 0, **wanted})
        return web.json_response(self.hooks[-1])

    # ------------------------------------------------------------------ what it keeps
    def _card(self, request: web.Request) -> dict[str, Any]:
        card = self.cards.get(request.match_info["card"])
        if card is None:
            raise ApiError(404, "The requested resource was not found.")
        return card

    def _checked(self, fields: dict[str, Any]) -> dict[str, Any]:
        if unknown := fields.keys() - _CARD:
            raise ApiError(400, f"unknown fields {sorted(unknown)}")
        for name in ("name", "desc"):
            if len(fields.get(name) or "") > TEXT:
                raise ApiError(400, f"invalid value for {name}")
        for label in fields.get("idLabels", ()):
            if label not in self.labels:
                raise ApiError(400, "invalid value for idLabels")
        for member in fields.get("idMembers", ()):
            if member != MEMBER:
                raise ApiError(400, "invalid value for idMembers")
        if "idList" in fields and fields["idList"] not in LISTS:
            raise ApiError(400, "invalid value for idList")
        return fields

    def _acted(self, kind: str, data: dict[str, Any], by: str) -> dict[str, Any]:
        date = utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        action = {"id": self._id(), "type": kind, "date": date, "idMemberCreator": by, "data": data}
        self.actions.append(action)
        return {"action": action, "model": {"id": BOARD, "name": "Sales"}}

    def _list_json(self, one: str) -> dict[str, Any]:
        return {"id": one, "name": LISTS[one], "idBoard": BOARD, "closed": one in self.archived}

    def _id(self) -> str:
        return f"{next(self._ids):024x}"
