"""Any other tracker: signed JSON to an address of the company's own, and signed moves back from it."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import orjson
from pydantic import BaseModel, ConfigDict, SecretStr

from flows.errors import Misconfigured, Refused
from flows.events import Moved
from flows.model import Json
from flows.ports.tracker import Budget, Card, CardRef, Place, tracker_address
from flows.ports.turns import Clock
from integrations.http import http_client
from integrations.trackers._service import Forbidden, Limit, Service, Unreadable, header

NAME: Final = "webhook"
_CALLS, _SECONDS = 600, 60.0


class Settings(BaseModel):
    """`url` takes `PUT {url}/cards/{key}`, `GET` of the same, and `POST {url}/cards/{key}/comments`.

    Each request is signed: `X-Signature`, hex of HMAC-SHA256 with `secret` over the method, the path and the body, a
    newline between them. Because a card is put under its key, putting it twice is the same as putting it once.
    """

    model_config = ConfigDict(frozen=True)

    url: str
    secret: SecretStr


def connect(settings: Settings, budget: Budget, clock: Clock) -> "Webhook":
    """The tracker. Raises `Misconfigured` where the address or the secret is missing."""
    for name, value in (("WEBHOOK_URL", settings.url), ("WEBHOOK_SECRET", settings.secret.get_secret_value())):
        if not value:
            raise Misconfigured(name, "it is empty", "docs/trackers.md says what it is for")
    limit = Limit(f"{NAME}:{hashlib.sha256(settings.url.encode()).hexdigest()[:16]}", _CALLS, _SECONDS)
    return Webhook(settings, Service(http_client(settings.url), "WEBHOOK_URL", limit, budget, clock))


class Webhook:
    """The port `Tracker`."""

    name = NAME

    def __init__(self, settings: Settings, service: Service) -> None:
        self._secret = settings.secret.get_secret_value().encode()
        self._service = service

    async def create(self, card: Card) -> CardRef:
        """Put it under its key."""
        return _ref(await self._send("PUT", f"/cards/{quote(card.key)}", _shape(card)), card.key)

    async def find(self, key: str) -> CardRef | None:
        """Ask for it by its key."""
        try:
            return _ref(await self._send("GET", f"/cards/{quote(key)}"), key)
        except Refused as error:
            if error.state == "gone":
                return None
            raise

    async def find_person(self, phone: str, email: str) -> Sequence[CardRef]:  # noqa: ARG002 - the port's
        """Nobody is looked for: the company's own program knows its people."""
        return ()

    async def update(self, ref: CardRef, card: Card) -> CardRef:
        """Put it again."""
        return _ref(await self._send("PUT", f"/cards/{quote(card.key)}", _shape(card)), ref.id)

    async def comment(self, ref: CardRef, text: str) -> None:
        """Post it under the card."""
        await self._send("POST", f"/cards/{quote(ref.id)}/comments", {"text": text})

    async def attach(self, ref: CardRef, name: str, mime: str, content: bytes) -> None:
        """Files stay here: the link in the card leads to them."""

    async def describe(self) -> Sequence[Place]:
        """There is nothing to choose from."""
        return ()

    async def moves(self, refs: Sequence[CardRef], since: datetime) -> Sequence[Moved]:
        """What `GET {url}/moves?since=…` lists, in the shape of a move that is sent here."""
        known = {ref.id for ref in refs}
        found = await self._send("GET", f"/moves?since={quote(since.isoformat())}")
        return [moved for moved in map(_moved, found) if moved.card in known]

    def read(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Moved]:  # noqa: ARG002 - unsigned
        """`{"id", "card", "column", "at", "deleted"}`, signed in `X-Signature`: hex of HMAC-SHA256 over the body."""
        digest = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(digest.encode(), header(headers, "X-Signature").encode()):
            raise Forbidden
        try:
            return (_moved(orjson.loads(body)),)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            raise Unreadable from None

    async def register(self, url: str) -> Mapping[str, Json]:  # noqa: ARG002 - the port's
        """Their side is set up by hand."""
        return {}

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()

    async def _send(self, method: str, path: str, body: Json = None) -> Any:  # noqa: ANN401 - JSON as it comes
        content = b"" if body is None else orjson.dumps(body)
        digest = hmac.new(self._secret, b"\n".join((method.encode(), path.encode(), content)), hashlib.sha256)
        return await self._service.call(method, path, content=content, headers={"X-Signature": digest.hexdigest()})


def _shape(card: Card) -> Json:
    return {
        "key": card.key,
        "title": card.title,
        "lines": [[label, value] for label, value in card.lines],
        "labels": list(card.labels),
        "due": card.due.isoformat() if card.due else None,
        "member": card.member,
        "link": card.link,
        "columns": list(card.columns),
    }


def _ref(answer: object, key: str) -> CardRef:
    """The answer may name an id, an address and a column of their own."""
    known = answer if isinstance(answer, dict) else {}
    return CardRef(str(known.get("id") or key), str(known.get("url") or ""), str(known.get("column") or ""))


def _moved(data: Mapping[str, Any]) -> Moved:
    card, at = str(data["card"]), datetime.fromisoformat(data["at"])
    address = tracker_address(NAME, card)
    return Moved(
        f"webhook:{data['id']}", address, at, card, str(data.get("column", "")), at, gone=data.get("deleted") is True
    )
