"""Conversations over HTTP: list, read, and speak in them as a rep."""

from typing import Annotated, NoReturn

from fastapi import APIRouter, Path
from starlette.responses import Response

from bot.api.deps import Deps
from bot.api.models import STORABLE, ConversationOut, Listed, MessageOut, OwnerOut, Rep, RepMessage
from bot.api.problems import Problem
from bot.api.routes import Cursor, Limit, api_router, json_response, listed
from flows.model import BOT
from handlers.handover import AlreadyTaken, HandedBack, NoConversation, NotOwner, Spoken, Taken
from handlers.shapes import conversation_json
from locales.operators import N_

ConversationId = Annotated[str, Path(max_length=200, pattern=STORABLE)]


def conversations_router(deps: Deps) -> APIRouter:
    """`/api/v1/conversations`, and the messages of one."""
    router = api_router("conversations")

    @router.get("/conversations", response_model=Listed[ConversationOut])
    async def conversations(limit: Limit = 50, cursor: Cursor = "") -> Response:
        rows, total, following = await deps.reports.conversations(limit, cursor)
        return listed([conversation_json(row) for row in rows], total, following)

    @router.get("/conversations/{conversation}/messages", response_model=Listed[MessageOut])
    async def messages(conversation: ConversationId, limit: Limit = 50, cursor: Cursor = "") -> Response:
        page = await deps.transcript(conversation, limit, cursor)
        return listed(page.items, page.total, page.next) if page else _unknown()

    @router.post("/conversations/{conversation}/messages", response_model=OwnerOut, status_code=201)
    async def speak(conversation: ConversationId, message: RepMessage) -> Response:
        match await deps.speak(conversation, message.owner, message.name, message.text, deps.clock()):
            case Spoken():
                return _owned(conversation, message.owner, 201)
            case NotOwner(owner):
                _not_yours(owner)
            case NoConversation():
                _unknown()

    return router


def owners_router(deps: Deps) -> APIRouter:
    """Take over, and hand back."""
    router = api_router("conversations")

    @router.post("/conversations/{conversation}/take-over", response_model=OwnerOut)
    async def take_over(conversation: ConversationId, rep: Rep | None = None) -> Response:
        rep = rep or Rep()
        match await deps.take_over(conversation, rep.owner, rep.name, deps.clock()):
            case Taken():
                return _owned(conversation, rep.owner)
            case AlreadyTaken(owner):
                raise Problem(409, N_("“{owner}” was first"), N_("Ask them to hand the conversation back"), owner=owner)
            case NoConversation():
                _unknown()

    @router.post("/conversations/{conversation}/hand-back", response_model=OwnerOut)
    async def hand_back(conversation: ConversationId, rep: Rep | None = None) -> Response:
        rep = rep or Rep()
        match await deps.hand_back(conversation, rep.owner, deps.clock()):
            case HandedBack():
                return _owned(conversation, BOT)
            case NotOwner(owner):
                _not_yours(owner)
            case NoConversation():
                _unknown()

    return router


def _owned(conversation: str, owner: str, status: int = 200) -> Response:
    return json_response({"conversation_id": conversation, "owner": owner}, status)


def _not_yours(owner: str) -> NoReturn:
    if owner == BOT:
        raise Problem(409, N_("The bot owns this conversation"), N_("POST …/take-over first"))
    raise Problem(409, N_("“{owner}” owns this conversation"), N_("Only the owner speaks in it"), owner=owner)


def _unknown() -> NoReturn:
    raise Problem(404, N_("There is no such conversation"), N_("GET /api/v1/conversations lists them"))
