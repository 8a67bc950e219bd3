"""Any other tracker: signed JSON to an address of the company's own, and signed moves back from it."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from flows.errors import Misconfigured, Refused
from flows.events import Moved
from flows.model import Json
from flows.ports.tracker import Budget, Card, CardRef, Place, tracker_address
from flows.ports.turns import Clock
from integrations.http import http_client
from integrations.trackers._markdown import fitting, quiet
from integrations.trackers._service import Forbidden, Limit, Service, Unreadable, header

NAME: Final = "webhook"
_SECONDS: Final = 60.0
_TITLE, _TEXT = 1_000, 20_000


class Settings(BaseModel):
    """`url` is where docs/trackers.md's protocol is spoken; `calls` are those that it takes in a minute.

    Each request is signed: `X-Signature`, hex of HMAC-SHA256 with `secret` over the method, the path behind `url` with
    its query, and the body, a newline between them. A card is put under its key: putting it twice is putting it once.
    """

    model_config = ConfigDict(frozen=True)

    url: str
    secret: SecretStr
    calls: int = Field(600, gt=0)


def connect(settings: Settings, budget: Budget, clock: Clock) -> "Webhook":
    """The tracker. Raises `Misconfigured` where the address or the secret is missing."""
    for name, value in (("WEBHOOK_URL", settings.url), ("WEBHOOK_SECRET", settings.secret.get_secret_value())):
        if not value:
            raise Misconfigured(name, "it is empty", "docs/trackers.md says what it is for")
    limit = Limit(f"{NAME}:{hashlib.sha256(settings.url.encode()).hexdigest()[:16]}", settings.calls, _SECONDS)
    return Webhook(settings, Service(http_client(settings.url, repeats=False), "WEBHOOK_SECRET", limit, budget, clock))


class Webhook:
    """The port `Tracker`."""

    name = NAME

    def __init__(self, settings: Settings, service: Service) -> None:
        self._secret = settings.secret.get_secret_value().encode()
        self._service = service

    async def create(self, card: Card) -> CardRef:
        """Put it under its key."""
        return _ref(await self._send("PUT", f"/cards/{quote(card.key, safe='')}", _shape(card)), card.key)

    async def find(self, key: str) -> CardRef | None:
        """Ask for it by its key."""
        found = await self._asked(f"/cards/{quote(key, safe='')}")
        return None if found is None else _ref(found, key)

    async def find_person(self, phone: str, email: str) -> Sequence[CardRef]:
        """Open cards of a person, from whoever offers to look for them."""
        wanted = {name: value for name, value in (("phone", phone), ("email", email)) if value}
        return [_ref(one, str(one["id"])) for one in await self._asked(f"/cards?{urlencode(wanted)}") or ()]

    async def update(self, ref: CardRef, card: Card) -> CardRef:
        """Put it again, but only where it still is."""
        path = f"/cards/{quote(card.key, safe='')}"
        return _ref(await self._send("PUT", path, _shape(card), {"If-Match": "*"}), ref.id)

    async def comment(self, ref: CardRef, text: str) -> None:
        """Post it under the card."""
        path = f"/cards/{quote(ref.id, safe='')}/comments"
        await self._send("POST", path, {"text": fitting(quiet(text), _TEXT)})

    async def attach(self, ref: CardRef, name: str, mime: str, content: bytes) -> None:
        """Post its bytes under the card."""
        path = f"/cards/{quote(ref.id, safe='')}/files?{urlencode({'name': name})}"
        await self._signed("POST", path, content, {"Content-Type": mime})

    async def describe(self) -> Sequence[Place]:
        """What there is to choose from, from whoever offers to tell."""
        return [
            Place(str(one["kind"]), str(one["id"]), str(one["name"]), str(one.get("inside", "")))
            for one in await self._asked("/places") or ()
        ]

    async def moves(self, refs: Sequence[CardRef], since: datetime) -> Sequence[Moved]:
        """The moves since then, from whoever offers to list them, in the shape of one that is sent here."""
        known = {ref.id for ref in refs}
        found = await self._asked(f"/moves?{urlencode({'since': since.isoformat()})}")
        return [moved for moved in map(_moved, found or ()) if moved.card in known]

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

    async def _asked(self, path: str) -> Any:  # noqa: ANN401 - JSON as it comes
        """The answer to a question; None where it is not there, or nobody offers to answer."""
        try:
            return await self._send("GET", path)
        except Refused as error:
            if error.state == "gone":
                return None
            raise

    async def _send(self, method: str, path: str, body: Json = None, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON as it comes
        if body is None:
            return await self._signed(method, path, b"", {})
        return await self._signed(
            method, path, orjson.dumps(body), {"Content-Type": "application/json", **(headers or {})}
        )

    async def _signed(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Any:  # noqa: ANN401
        words = b"\n".join((method.encode(), path.encode(), content))
        signature = hmac.new(self._secret, words, hashlib.sha256).hexdigest()
        return await self._service.call(method, path, content=content, headers={**headers, "X-Signature": signature})


def _shape(card: Card) -> Json:
    return {
        "key": card.key,
        "title": fitting(card.title, _TITLE),
        "lines": [[label, fitting(value, _TEXT)] for label, value in card.lines],
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
