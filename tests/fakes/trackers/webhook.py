"""A company's own program that speaks the protocol of docs/trackers.md: signed calls, cards under their keys."""

import hashlib
import hmac
import itertools
import json
from datetime import datetime
from typing import Any

from aiohttp import web

from integrations.clock import utc_now
from tests.fakes.trackers.server import ApiError, TrackerServer

SECRET = "webhook-secret"
COLUMNS = ("New", "В работе", "Won")
_SHAPE = {"key", "title", "lines", "labels", "due", "member", "link", "columns"}


class WebhookServer(TrackerServer):
    """Every call carries its signature over method, path and body."""

    prefix = "/crm"
    calls_allowed, seconds = 600, 60.0

    def __init__(self) -> None:
        self.cards: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, list[str]] = {}
        self.files: dict[str, list[tuple[str, bytes]]] = {}
        self.told: list[dict[str, Any]] = []
        self._ids = itertools.count(1)
        super().__init__()

    def routes(self, router: web.UrlDispatcher) -> None:
        """The whole protocol."""
        at = self.prefix
        router.add_put(f"{at}/cards/{{card}}", self._signed(self._put))
        router.add_get(f"{at}/cards/{{card}}", self._signed(self._get))
        router.add_get(f"{at}/cards", self._signed(self._person))
        router.add_post(f"{at}/cards/{{card}}/comments", self._signed(self._comment))
        router.add_post(f"{at}/cards/{{card}}/files", self._signed(self._file))
        router.add_get(f"{at}/places", self._signed(self._places))
        router.add_get(f"{at}/moves", self._signed(self._moves))

    def admit(self, request: web.Request) -> None:
        """Who does not sign at all; what is signed is looked at with the body."""
        if "X-Signature" not in request.headers:
            raise ApiError(401, "no signature")

    def too_many(self) -> ApiError:
        """The standard way."""
        return ApiError(429, "slow down", {"Retry-After": "1"})

    def move(self, card: str, to: str) -> dict[str, Any]:
        """A person moves a card; the body that is sent."""
        self.cards[card]["column"] = to
        return self._tell(card, {"column": to})

    def delete(self, card: str) -> dict[str, Any]:
        """A person deletes a card; the body that is sent."""
        del self.cards[card]
        return self._tell(card, {"deleted": True})

    def signed(self, body: dict[str, Any], url: str) -> tuple[dict[str, str], bytes]:
        """A webhook's headers and bytes."""
        raw = json.dumps(body).encode()
        return {"X-Signature": hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()}, raw

    def _signed(self, handler: Any) -> Any:
        async def check(request: web.Request) -> web.StreamResponse:
            path = request.raw_path.removeprefix(self.prefix).encode()
            words = b"\n".join((request.method.encode(), path, await request.read()))
            wanted = hmac.new(SECRET.encode(), words, hashlib.sha256).hexdigest()
            if not hmac.compare_digest(wanted, request.headers["X-Signature"]):
                raise ApiError(401, "the signature does not fit")
            answer: web.StreamResponse = await handler(request)
            return answer

        return check

    # ------------------------------------------------------------------ calls
    async def _put(self, request: web.Request) -> web.Response:
        key, fields = request.match_info["card"], await request.json()
        if fields.keys() != _SHAPE or fields["key"] != key:
            raise ApiError(400, "not the shape of a card")
        if request.headers.get("If-Match") == "*" and key not in self.cards:
            raise ApiError(404, "it was deleted")
        known = self.cards.get(key, {"id": key, "url": f"https://crm.example/{key}", "column": COLUMNS[0]})
        by_name = {name.casefold(): name for name in COLUMNS}
        found = [by_name[name.casefold()] for name in fields["columns"] if name.casefold() in by_name]
        text = "\n".join(f"{label}: {value}" for label, value in fields["lines"])
        self.cards[key] = {**known, **fields, "text": text, "column": (found or [known["column"]])[0]}
        return web.json_response({name: self.cards[key][name] for name in ("id", "url", "column")})

    async def _get(self, request: web.Request) -> web.Response:
        card = self._card(request)
        return web.json_response({name: card[name] for name in ("id", "url", "column")})

    async def _person(self, request: web.Request) -> web.Response:
        words = list(request.query.values())
        found = [card for card in self.cards.values() if any(word in card["text"] for word in words)]
        return web.json_response([{"id": card["id"], "url": card["url"]} for card in found])

    async def _comment(self, request: web.Request) -> web.Response:
        self.comments.setdefault(self._card(request)["id"], []).append((await request.json())["text"])
        return web.Response(status=204)

    async def _file(self, request: web.Request) -> web.Response:
        kept = (request.query["name"], await request.read())
        self.files.setdefault(self._card(request)["id"], []).append(kept)
        return web.Response(status=204)

    async def _places(self, _: web.Request) -> web.Response:
        columns = [{"kind": "list", "id": name, "name": name} for name in COLUMNS]
        return web.json_response([*columns, {"kind": "member", "id": "anna", "name": "Anna", "inside": "Sales"}])

    async def _moves(self, request: web.Request) -> web.Response:
        since = datetime.fromisoformat(request.query["since"])
        return web.json_response([one for one in self.told if datetime.fromisoformat(one["at"]) >= since])

    def _card(self, request: web.Request) -> dict[str, Any]:
        card = self.cards.get(request.match_info["card"])
        if card is None:
            raise ApiError(404, "no such card")
        return card

    def _tell(self, card: str, what: dict[str, Any]) -> dict[str, Any]:
        told = {"id": f"m{next(self._ids)}", "card": card, "at": utc_now().isoformat(), **what}
        self.told.append(told)
        return told
