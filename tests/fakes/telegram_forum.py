"""The methods of the Bot API that only a forum needs, and the people who work in it."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.telegram_methods import Chat, Files, Message, Params, Server, chat_of
from tests.fakes.telegram_rules import bad_request
from tests.fakes.telegram_topics import REACTIONS, TITLE_LIMIT, Forum, Topic
from tests.fakes.telegram_user import Content, Place, buttons


def forum_of(server: Server, params: Params) -> Forum:
    """The forum of a call."""
    chat = chat_of(server, params)
    if chat.forum is None:
        raise bad_request("the chat is not a forum")
    if chat.forum.status in {"left", "kicked"}:
        raise bad_request("chat not found")
    return chat.forum


def create_topic(server: Server, params: Params, files: Files) -> Any:
    forum, name = forum_of(server, params), str(params.get("name") or "").strip()
    if not forum.may("can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
    if not 1 <= len(name) <= TITLE_LIMIT:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_INVALID")
    forum.count()
    topic = Topic(server.next_id(), name)
    forum.topics[topic.id] = topic
    return {"message_thread_id": topic.id, "name": name, "icon_color": 7322096}


def reopen_topic(server: Server, params: Params, files: Files) -> bool:
    forum = forum_of(server, params)
    if not forum.may("can_manage_topics"):
        raise bad_request("not enough rights to reopen the topic")
    if int(params.get("message_thread_id") or 0) not in forum.topics:
        raise bad_request("TOPIC_ID_INVALID")
    topic = forum.topic(params.get("message_thread_id"))
    if not topic.closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = False
    return True


def react(server: Server, params: Params, files: Files) -> bool:
    chat, number = chat_of(server, params), int(params.get("message_id") or 0)
    own = server.messages.get((chat.id, number))
    said = chat.forum.said if chat.forum is not None else set()
    if number not in said and (own is None or own.deleted):
        raise bad_request("message to react not found")
    reactions = params.get("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in reactions:
        if reaction.get("type") != "emoji" or reaction.get("emoji") not in REACTIONS:
            raise bad_request("REACTION_INVALID")
        if chat.forum is not None:
            chat.forum.reactions[number] = reaction["emoji"]
    return True


def get_chat(server: Server, params: Params, files: Files) -> Any:
    chat = chat_of(server, params)
    forum = {"is_forum": True} if chat.forum is not None else {}
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        **forum,
    }


def get_chat_member(server: Server, params: Params, files: Files) -> Any:
    chat, user = chat_of(server, params), int(params.get("user_id") or 0)
    if chat.forum is None:
        raise bad_request("chat not found")
    if user == server.bot["id"]:
        rights = dict.fromkeys(chat.forum.rights, True) if chat.forum.status == "administrator" else {}
        return {"status": chat.forum.status, "user": server.bot, **rights}
    if user not in chat.forum.members:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return {"status": "member", "user": chat.forum.members[user]}


FORUM_METHODS = {
    "createforumtopic": create_topic,
    "reopenforumtopic": reopen_topic,
    "setmessagereaction": react,
    "getchat": get_chat,
    "getchatmember": get_chat_member,
}


class Colleague:
    """A person who works in a forum. Everything that they do returns the update that tells the bot."""

    def __init__(self, server: Place, chat: Chat, number: int, name: str = "Olga") -> None:
        if chat.forum is None:
            raise AssertionError(f"chat {chat.id} is no forum")
        self.server = server
        self.chat = chat
        self.forum = chat.forum
        self.id = number
        self.about: Content = {"id": number, "is_bot": False, "first_name": name, "language_code": "ru"}
        self.forum.members[number] = {key: value for key, value in self.about.items() if key != "language_code"}
        self._own: dict[int, Content] = {}

    def says(self, thread: int, text: str) -> Content:
        """Type a text in a topic; 0 is the place for everything else."""
        return self.sends(thread, {"text": text})

    def sends(self, thread: int, content: Mapping[str, Any]) -> Content:
        """Send a message with that content."""
        message = {**self._base(thread), **content}
        self.forum.said.add(message["message_id"])
        self._own[message["message_id"]] = message
        return self._told({"message": message})

    def edits(self, message: int, text: str) -> Content:
        """Give an own message another text."""
        edited = {**self._own[message], "text": text, "edit_date": 1_760_000_100}
        return self._told({"edited_message": edited})

    def replies(self, message: int, text: str) -> Content:
        """Reply to a message, of one's own or of the bot."""
        own = self._own.get(message)
        replied = own or self.server.shown(self.server.messages[self.chat.id, message])
        content: Content = {"text": text, "reply_to_message": replied}
        return self.sends(int(replied.get("message_thread_id") or 0), content)

    def document(self, content: bytes, name: str = "offer.pdf") -> Content:
        """A document that can be downloaded."""
        path = f"documents/{self.server.next_id()}"
        self.server.stored_files[path] = content
        about = {"file_id": f"file-{path}", "file_unique_id": path, "file_name": name, "file_size": len(content)}
        return {"document": {**about, "mime_type": "application/pdf"}}

    def presses(self, thread: int, label: str) -> Content:
        """Press the newest visible button with that label."""
        for message in reversed(self.sees(thread)):
            for button in buttons(message):
                if button["text"] == label:
                    return self.presses_data(message, button["callback_data"])
        raise AssertionError(f"no button {label!r} in topic {thread}")

    def presses_data(self, message: Message, data: str) -> Content:
        """Press a button by its data."""
        query = str(self.server.next_id())
        self.server.queries[query] = False
        shown = self.server.shown(message)
        return self._told(
            {"callback_query": {"id": query, "from": self.about, "chat_instance": "1", "data": data, "message": shown}}
        )

    def sees(self, thread: int) -> list[Message]:
        """The bot's messages in a topic that are not deleted and for everybody, oldest first."""
        return [
            message
            for (chat, _), message in self.server.messages.items()
            if chat == self.chat.id and message.thread == thread and not message.deleted and not message.receiver
        ]

    def _base(self, thread: int) -> Content:
        chat = {"id": self.chat.id, "type": "supergroup", "title": self.chat.title, "is_forum": True}
        topic = {"message_thread_id": thread, "is_topic_message": True} if thread else {}
        return {
            "message_id": self.server.next_id(),
            "date": 1_760_000_000,
            "chat": chat,
            "from": self.about,
            **topic,
        }

    def _told(self, content: Content) -> Content:
        self.server.updates.add(content)
        return self.server.updates.history[-1]
