"""The methods of the Bot API that the product calls, one function each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.fakes.telegram_rules import (
    TOAST_LIMIT,
    ApiError,
    bad_request,
    caption,
    check_commands,
    check_markup,
    message_text,
    utf16,
)
from tests.fakes.telegram_topics import Forum, blocks, called
from tests.fakes.telegram_updates import Updates

DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
MEDIA = {
    "sendphoto": "photo",
    "senddocument": "document",
    "sendvoice": "voice",
    "sendvideo": "video",
    "sendaudio": "audio",
    "sendsticker": "sticker",
}
ACTIONS = frozenset({"typing", "upload_photo", "upload_document", "upload_video", "record_voice", "upload_voice"})
Params = Mapping[str, Any]
Files = Mapping[str, bytes]


@dataclass
class Chat:
    """A chat; `state` is empty or a refusal's description."""

    id: int
    type: str
    title: str = ""
    state: str = ""
    forum: Forum | None = None


@dataclass
class Message:
    """A message of the bot as people see it; `version` grows with each edit.

    `called` are the people whom it called when it came; `receiver` is the one person who sees it, 0 for everybody.
    """

    id: int
    chat: int
    text: str
    markup: dict[str, Any] | None = None
    media: str = ""
    formatted: bool = False
    deleted: bool = False
    version: int = 0
    log: list[str] = field(default_factory=list)
    thread: int = 0
    receiver: int = 0
    content: bytes = b""
    called: tuple[str, ...] = ()
    entities: list[dict[str, Any]] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons, row by row."""
        rows = (self.markup or {}).get("inline_keyboard") or (self.markup or {}).get("keyboard") or []
        return [key if isinstance(key, str) else key["text"] for row in rows for key in row]


class Server(Protocol):
    """What a method needs of the server."""

    bot: dict[str, Any]
    chats: dict[int, Chat]
    messages: dict[tuple[int, int], Message]
    queries: dict[str, bool]
    commands: dict[str, list[dict[str, str]]]
    stored_files: dict[str, bytes]
    updates: Updates

    def next_id(self) -> int: ...


def chat_of(server: Server, params: Params) -> Chat:
    """The chat of a call, or the refusal that its state asks for."""
    try:
        chat = server.chats[int(params.get("chat_id") or 0)]
    except (KeyError, ValueError):
        raise bad_request("chat not found") from None
    if chat.state:
        raise ApiError(403, f"Forbidden: {chat.state}")
    return chat


def post(server: Server, params: Params, text: str, media: str = "", content: bytes = b"") -> dict[str, Any]:
    """Put a message into a chat."""
    chat = chat_of(server, params)
    check_markup(params.get("reply_markup"), private=chat.type == "private")
    key = "caption" if media else "text"
    message = Message(
        server.next_id(), chat.id, text, params.get("reply_markup"), media, formatted=bool(params.get("parse_mode"))
    )
    message.content, message.entities = content, blocks(params, key)
    if chat.forum is not None:
        chat.forum.admit(params)
        message.thread = int(params.get("message_thread_id") or 0)
        message.called = called(params, key)
        if chat.forum.whispers:
            message.receiver = int((params.get("ephemeral_message_parameters") or {}).get("receiver_user_id") or 0)
    server.messages[chat.id, message.id] = message
    return shown(server, message)


def shown(server: Server, message: Message) -> dict[str, Any]:
    """A message as the API returns it."""
    chat = server.chats[message.chat]
    base: dict[str, Any] = {
        "message_id": message.id,
        "from": server.bot,
        "chat": {"id": chat.id, "type": chat.type, **({"title": chat.title} if chat.title else {"first_name": "User"})},
        "date": 1_760_000_000,
    }
    if message.media:
        kind = {"file_id": f"sent-{message.id}", "file_unique_id": str(message.id)}
        photo = [{**kind, "width": 90, "height": 90}]
        about: dict[str, Any] = {"duration": 1, "width": 1, "height": 1, "type": "regular"}
        base[message.media] = (
            photo if message.media == "photo" else {**kind, **about, "is_animated": False, "is_video": False}
        )
        base["caption"] = message.text
    else:
        base["text"] = message.text
        base["entities"] = message.entities
    if message.thread:
        base |= {"message_thread_id": message.thread, "is_topic_message": True}
    if message.receiver:
        base["ephemeral_message_id"] = message.id
    if message.markup and "inline_keyboard" in message.markup:
        base["reply_markup"] = message.markup
    return base


def send_message(server: Server, params: Params, files: Files) -> Any:
    return post(server, params, message_text(params))


def check_upload(media: str, content: bytes) -> None:
    """Refuse a file that is empty, or larger than a bot may send."""
    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > (PHOTO_LIMIT if media == "photo" else UPLOAD_LIMIT):
        raise ApiError(413, "Request Entity Too Large")


def sender_of(media: str) -> Callable[[Server, Params, Files], Any]:
    """A method that sends one file: uploaded, by id or by URL."""

    def send(server: Server, params: Params, files: Files) -> Any:
        reference = str(params.get(media) or "")
        attached = reference.removeprefix("attach://") if reference.startswith("attach://") else media
        if attached in files:
            server.stored_files[f"{media}s/{server.next_id()}"] = files[attached]
            check_upload(media, files[attached])
        elif not reference:
            raise bad_request(f"there is no {media} in the request")
        elif "://" not in reference and not reference.startswith("file-"):
            raise bad_request("wrong remote file identifier specified: Wrong string length")
        return post(server, params, caption(params), media, files.get(attached, b""))

    return send


def send_location(server: Server, params: Params, files: Files) -> Any:
    latitude, longitude = float(params.get("latitude", 999)), float(params.get("longitude", 999))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise bad_request("latitude is wrong")
    return post(server, params, f"{latitude:g},{longitude:g}")


def send_chat_action(server: Server, params: Params, files: Files) -> bool:
    chat_of(server, params)
    if params.get("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def own_message(server: Server, params: Params, what: str) -> Message:
    chat = chat_of(server, params)
    message = server.messages.get((chat.id, int(params.get("message_id") or 0)))
    if message is None or message.deleted:
        raise bad_request(f"message to {what} not found")
    return message


def edit(server: Server, params: Params, text: str) -> Any:
    message = own_message(server, params, "edit")
    markup = params.get("reply_markup")
    check_markup(markup, private=True)
    if message.markup and "inline_keyboard" not in message.markup:
        raise bad_request("message can't be edited")
    if text == message.text and (markup or None) == message.markup:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    message.log.append(message.text)
    message.text, message.markup, message.version = text, markup, message.version + 1
    return shown(server, message)


def edit_text(server: Server, params: Params, files: Files) -> Any:
    if own_message(server, params, "edit").media:
        raise bad_request("there is no text in the message to edit")
    return edit(server, params, message_text(params))


def edit_caption(server: Server, params: Params, files: Files) -> Any:
    if not own_message(server, params, "edit").media:
        raise bad_request("there is no caption in the message to edit")
    return edit(server, params, caption(params))


def edit_markup(server: Server, params: Params, files: Files) -> Any:
    return edit(server, params, own_message(server, params, "edit").text)


def delete_message(server: Server, params: Params, files: Files) -> bool:
    chat, number = chat_of(server, params), int(params.get("message_id") or 0)
    if chat.forum is not None and number in chat.forum.said:
        if not chat.forum.may("can_delete_messages"):
            raise bad_request("message can't be deleted")
        chat.forum.said.discard(number)
        return True
    own_message(server, params, "delete").deleted = True
    return True


def answer_callback_query(server: Server, params: Params, files: Files) -> bool:
    query = str(params.get("callback_query_id") or "")
    if query not in server.queries:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if utf16(str(params.get("text") or "")) > TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    server.queries[query] = True
    return True


def set_my_commands(server: Server, params: Params, files: Files) -> bool:
    check_commands(params.get("commands"))
    server.commands[str(params.get("language_code") or "")] = list(params["commands"])
    return True


def get_file(server: Server, params: Params, files: Files) -> Any:
    file_id = str(params.get("file_id") or "")
    path = file_id.removeprefix("file-")
    if path not in server.stored_files:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    size = len(server.stored_files[path])
    if size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {"file_id": file_id, "file_unique_id": path, "file_size": size, "file_path": path}


def get_webhook_info(server: Server, params: Params, files: Files) -> Any:
    url = server.updates.webhook.get("url", "")
    return {"url": url, "has_custom_certificate": False, "pending_update_count": server.updates.pending}


METHODS: dict[str, Callable[[Any, Params, Files], Any]] = {
    "getme": lambda server, params, files: {
        **server.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    },
    "getupdates": lambda server, params, files: server.updates.poll(params),
    "setwebhook": lambda server, params, files: server.updates.set_webhook(params),
    "deletewebhook": lambda server, params, files: server.updates.delete_webhook(params),
    "getwebhookinfo": get_webhook_info,
    "sendmessage": send_message,
    "sendlocation": send_location,
    "sendchataction": send_chat_action,
    "editmessagetext": edit_text,
    "editmessagecaption": edit_caption,
    "editmessagereplymarkup": edit_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "setmycommands": set_my_commands,
    "getfile": get_file,
    **{name: sender_of(media) for name, media in MEDIA.items()},
}
