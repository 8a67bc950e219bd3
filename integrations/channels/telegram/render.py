"""A worded message as calls of the Bot API; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.errors import Refused
from flows.model import Address, File, Json
from flows.outbound import Outbound
from integrations.channels.telegram import keyboards
from integrations.telegram_html import Formatted, bold, messages

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
SENDERS = {
    "photo": "sendPhoto",
    "document": "sendDocument",
    "voice": "sendVoice",
    "video": "sendVideo",
    "audio": "sendAudio",
    "sticker": "sendSticker",
}
CAPTIONED = frozenset({"photo", "document", "video", "audio", "voice", "other"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the method's name and its JSON parameters.

    `text` names the parameter that carries formatted text and `plain` is that text without its formatting, to be sent
    again when Telegram cannot parse it; both are empty when nothing is formatted.
    """

    name: str
    params: dict[str, Json]
    text: str = ""
    plain: str = ""

    def unformatted(self) -> "Call":
        """The same call without formatting."""
        params = {key: value for key, value in self.params.items() if key != "parse_mode"}
        return Call(self.name, {**params, self.text: self.plain})


def calls(address: Address, message: Outbound, *, drop_keyboard: bool = False) -> tuple[Call, ...]:
    """The calls that send a message, in order: files, then the text in parts; the last one has the keyboard.

    A short text is the caption of a single file. `drop_keyboard` takes away the keys that an earlier message showed,
    with the first part that has no keyboard of its own. Raises `Refused` for what Telegram would never take.
    """
    head = bold(message.name) if message.name else None
    if len(message.files) == 1 and message.files[0].kind in CAPTIONED:
        texts = messages(message.text, CAPTION_LIMIT, head)
        captioned = len(texts) <= 1
    else:
        texts, captioned = (), False
    if captioned:
        made = [_file(message.files[0], texts[0] if texts else None)]
    else:
        made = [_file(file, None) for file in message.files]
        made += [_text("sendMessage", "text", part) for part in messages(message.text, TEXT_LIMIT, head)]
    if not made:
        raise Refused(reason="a message without text and files", state="invalid")
    return tuple(_addressed(address, made, _keyboard(message), drop_keyboard=drop_keyboard))


def edit(address: Address, message_id: int, message: Outbound) -> Call:
    """The call that gives an earlier message another text and other buttons; what is longer than one message is cut."""
    parts = messages(message.text, TEXT_LIMIT, bold(message.name) if message.name else None)
    if not parts:
        raise Refused(reason="a message without text", state="invalid")
    call = _text("editMessageText", "text", parts[0])
    keyboard = keyboards.inline(message.choices) if message.choices else None
    (made,) = _addressed(address, [call], keyboard, drop_keyboard=False)
    return Call(made.name, {**made.params, "message_id": message_id}, made.text, made.plain)


def target(address: Address) -> dict[str, Json]:
    """The parameters that say where. Raises `Refused` for an address that is none of Telegram's."""
    try:
        to: dict[str, Json] = {"chat_id": int(address.chat)}
        if address.thread:
            to["message_thread_id"] = int(address.thread)
    except ValueError:
        raise Refused(reason="not a Telegram chat", state="not_found") from None
    return to


def _addressed(
    address: Address, made: Sequence[Call], keyboard: dict[str, Json] | None, *, drop_keyboard: bool
) -> Iterator[Call]:
    to = target(address)
    for index, call in enumerate(made):
        markup = keyboard if index == len(made) - 1 else None
        if markup is None and drop_keyboard and index == 0:
            markup = keyboards.REMOVE
        params = {**to, **call.params}
        if markup is not None:
            params["reply_markup"] = markup
        yield Call(call.name, params, call.text, call.plain)


def _keyboard(message: Outbound) -> dict[str, Json] | None:
    if message.share_contact:
        return keyboards.contact(message.share_contact, message.choices)
    return keyboards.inline(message.choices) if message.choices else None


def _text(name: str, key: str, text: Formatted) -> Call:
    if not text.tagged:
        return Call(name, {key: text.plain})
    return Call(name, {key: text.html, "parse_mode": "HTML"}, key, text.plain)


def _file(file: File, caption: Formatted | None) -> Call:
    if file.kind == "location":
        return Call("sendLocation", _coordinates(file.ref))
    parameter = "document" if file.kind == "other" else file.kind
    name = SENDERS[parameter]
    call = Call(name, {}) if caption is None else _text(name, "caption", caption)
    return Call(name, {parameter: file.ref, **call.params}, call.text, call.plain)


def _coordinates(ref: str) -> dict[str, Json]:
    latitude, _, longitude = ref.partition(",")
    try:
        return {"latitude": float(latitude), "longitude": float(longitude)}
    except ValueError:
        raise Refused(reason="a location without coordinates", state="invalid") from None
