"""Everything that the words of one message say, read as if nothing had been asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date as day
from datetime import datetime
from decimal import Decimal
from typing import Any

from knowledge.understanding import city, company, date_words, name, numerals
from knowledge.understanding.dates import DIGITS as DATE_DIGITS
from knowledge.understanding.dates import scan_date
from knowledge.understanding.email import AT_SIGNS, find_emails
from knowledge.understanding.intents import COMMANDS, Intent, find_intent
from knowledge.understanding.language import Language, script_language, wished_language
from knowledge.understanding.money import MoneyRange, scan_money
from knowledge.understanding.number import scan_quantity
from knowledge.understanding.objections import ObjectionFound
from knowledge.understanding.periods import Period
from knowledge.understanding.phone import find_phone, find_phones
from knowledge.understanding.telegram import find_telegram
from knowledge.understanding.text import Found, Reading, read

_CUE = 4  # letters by which a cue knows its word
_NUMBER, _DATE, _NAME, _COMPANY, _CITY, _TELEGRAM = (1 << bit for bit in range(6))
_DIGIT = re.compile(r"[0-9]")
_LINK = re.compile(r"(?:https?://|www\.)\S+")


@dataclass(frozen=True, slots=True)
class Slots:
    """What was told: the phone in E.164, how many people or things, money, the day or the days that are meant."""

    phone: str | None = None
    email: str | None = None
    name: str | None = None
    company: str | None = None
    city: str | None = None
    telegram: str | None = None
    quantity: int | None = None
    money: MoneyRange | None = None
    date: day | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """The reading of one message. `objection` is None whenever the product would not act on it.

    `language` is the one that was wished for by name («на русском»), whatever the message is written in.
    """

    text: str
    locale: str | None
    commands: tuple[str, ...]
    slots: Slots
    intent: Intent
    objection: ObjectionFound | None
    asks_price: bool
    language: Language | None = None


_NOTHING = Slots()


def _cue_table() -> dict[str, int]:
    table: dict[str, int] = {}
    for cues, kind in (
        (numerals.CUES, _NUMBER),
        (date_words.CUES, _DATE),
        (name.CUES, _NAME),
        (company.CUES, _COMPANY),
        (city.CUES, _CITY),
        (("tele", "тел", "теле", "тг", "tg", "t"), _TELEGRAM),
    ):
        for cue in cues:
            table[cue[:_CUE]] = table.get(cue[:_CUE], 0) | kind
    return table


_CUES = _cue_table()


def understand(text: str, *, locale: str | None, region: str, now: datetime, currency: str) -> Understanding:
    """Read a message. `region` (ISO 3166) reads phones, `now` is aware, `currency` (ISO 4217) is for bare sums.

    Only the first `text.LIMIT` characters are read. Never raises on any text; the same arguments give the same answer.
    """
    reading = read(text)
    if reading.origin is not None:  # from here on places matter among themselves only
        reading = replace(reading, origin=None)
    slots = _slots(reading, region=region, now=now, currency=currency)
    meaning = find_intent(reading)
    return Understanding(
        text=text,
        locale=locale or script_language(reading),
        commands=(meaning.intent,) if meaning.intent in COMMANDS else (),
        slots=slots,
        intent=meaning.intent,
        objection=meaning.objection,
        asks_price=meaning.asks_price,
        language=wished_language(reading) if meaning.intent == "language" else None,
    )


def as_json(understood: Understanding) -> dict[str, Any]:
    """Give the reading as plain values: amounts as numbers, days as ISO 8601, what was not said as None."""
    slots, objection = understood.slots, understood.objection
    return {
        "text": understood.text,
        "locale": understood.locale,
        "commands": list(understood.commands),
        "slots": {
            "phone": slots.phone,
            "email": slots.email,
            "name": slots.name,
            "company": slots.company,
            "city": slots.city,
            "telegram": slots.telegram,
            "quantity": slots.quantity,
            "money": slots.money
            and {"min": _plain(slots.money.min), "max": _plain(slots.money.max), "currency": slots.money.currency},
            "date": slots.date and slots.date.isoformat(),
            "period": slots.period
            and {
                "from": slots.period.start and slots.period.start.isoformat(),
                "to": slots.period.end and slots.period.end.isoformat(),
            },
        },
        "intent": understood.intent,
        "objection": objection and {"type": objection.type, "confidence": objection.confidence},
    }


def _plain(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _slots(reading: Reading, *, region: str, now: datetime, currency: str) -> Slots:
    kinds = 0
    for word in reading.words:
        kinds |= _CUES.get(word[:_CUE], 0)
    digits = _DIGIT.search(reading.lower) is not None
    at = any(sign in reading.lower for sign in AT_SIGNS)
    if not kinds and not digits and not at:
        return _NOTHING
    numbers = digits or bool(kinds & _NUMBER)
    phones = find_phones(reading, region) if numbers else []
    emails = find_emails(reading) if at else []
    phone = find_phone(reading, region) if len(phones) > 1 else next(iter(phones), None)
    contacts = [*phones, *emails]
    telegram = find_telegram(reading) if at or kinds & _TELEGRAM else None
    rest = _blanked(reading.lower, contacts)
    money, when, quantity = _figures(rest, kinds, now, numbers=numbers, month_first=region == "US")
    return Slots(
        phone=_value(phone),
        email=emails[0].value if emails else None,
        name=_value(name.find_name(reading, contact_at=contacts[0].start if contacts else None))
        if contacts or kinds & _NAME
        else None,
        company=_value(company.find_company(reading)) if kinds & _COMPANY else None,
        city=_value(city.find_city(reading)) if kinds & _CITY else None,
        telegram=_value(telegram),
        quantity=quantity,
        money=replace(money, currency=currency) if money and money.currency is None else money,
        date=when[0],
        period=when[1],
    )


def _figures(
    rest: str, kinds: int, now: datetime, *, numbers: bool, month_first: bool
) -> tuple[MoneyRange | None, tuple[day | None, Period | None], int | None]:
    """Read sums, then dates, then quantities: each from what is left, so that no figure counts twice."""
    if kinds & _NUMBER:
        rest = numerals.respell(rest).text
    money: MoneyRange | None = None
    if numbers:
        for value, start, end in scan_money(rest):
            money = money or value
            rest = rest[:start] + " " * (end - start) + rest[end:]
    when = None
    if kinds & _DATE or (numbers and DATE_DIGITS.search(rest)):
        dated = scan_date(rest, now, month_first=month_first)
        if dated:
            when, start, end = dated
            rest = rest[:start] + " " * (end - start) + rest[end:]
    counted = scan_quantity(rest) if numbers else None
    return money, (when.date if when else None, when.period if when else None), counted[0] if counted else None


def _blanked(lower: str, found: Sequence[Found[str]]) -> str:
    """Put semicolons for contacts and links, so that their figures are no sums, dates or counts."""
    for one in found:
        lower = lower[: one.start] + ";" * (one.end - one.start) + lower[one.end :]
    if "://" in lower or "www." in lower:
        lower = _LINK.sub(lambda link: ";" * len(link.group()), lower)
    return lower


def _value(found: Found[str] | None) -> str | None:
    return found.value if found else None
