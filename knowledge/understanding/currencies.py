"""The words and signs of money, Russian and English, and the ISO 4217 code behind each."""

import re

_SIGNS = {
    "us$": "USD",
    "usd$": "USD",
    "c$": "CAD",
    "ca$": "CAD",
    "a$": "AUD",
    "nz$": "NZD",
    "nzd$": "NZD",
    "hk$": "HKD",
    "$": "USD",
    "€": "EUR",
    "€ur": "EUR",
    "₽": "RUB",
    "£": "GBP",
    "₸": "KZT",
    "₴": "UAH",
    "₺": "TRY",
    "¥": "CNY",
    "₹": "INR",
    "₾": "GEL",
    "֏": "AMD",
    "₼": "AZN",
    "₪": "ILS",
    "₩": "KRW",
    "₿": "XBT",
    "zł": "PLN",
}
_WORDS = (
    (r"бел(?:\.|орусск\w+|аруск\w+)? ?руб\w*|byn|belarus\w* rub\w*", "BYN"),
    (r"руб(?:л\w{1,4}|\b\.?|ас\w*)|рэ|р\.?|rub|rur|rubles?|roubles?", "RUB"),
    (r"(?:канадск\w+ долл\w*|canadian dollars?|cad)", "CAD"),
    (r"(?:австралийск\w+ долл\w*|australian dollars?|aud)", "AUD"),
    (
        (
            r"(?:us |u\.s\. |american |united states )?dollars?|bucks?|usd|долл(?:ар\w{0,3}|\.)?|бакс\w{0,3}|"
            r"юсд|у\.? ?е\.?|зелени"
        ),
        "USD",
    ),
    (r"euros?|eur|евро\w?|евриков", "EUR"),
    (r"тенге|тг|tenge|kzt", "KZT"),
    (r"грив\w{1,4}|грн|hryvn\w+|uah", "UAH"),
    (r"lebanese pounds?|lbp", "LBP"),
    (r"egyptian ?pounds?|egp|l\.?e\.?|geneh|genihat masriya", "EGP"),
    (r"(?:british )?pounds?(?: sterling)?|quid|gbp|фунт\w{0,3}(?: стерлингов)?", "GBP"),
    (r"(?:chinese )?yuans?|rmb|cny|renminbi|юан\w{1,3}", "CNY"),
    (r"(?:turkish )?liras?|турецк\w+ лир\w{0,2}|лир\w{0,2}|tl|try", "TRY"),
    (r"сум(?:ов|а|ах)?|uzs", "UZS"),
    (r"лари|gel", "GEL"),
    (r"драм\w{0,3}|amd", "AMD"),
    (r"манат\w{0,3}|azn", "AZN"),
    (r"сом(?:ов|а|ах)?|kgs", "KGS"),
    (r"дирхам\w{0,3}|dirhams?|aed", "AED"),
    (r"йен\w{0,2}|иен\w{0,2}|(?:japanese )?yen|jpy", "JPY"),
    (r"рупи\w{1,2}|(?:indian )?rupees?|rs\.?|inr", "INR"),
    (r"швейцарск\w+ франк\w{0,3}|swiss francs?|chf|франк\w{0,3}|francs?", "CHF"),
    (r"злот\w{1,3}|zlot\w{1,3}|pln", "PLN"),
    (r"шекел\w{1,3}|shekels?|ils|nis", "ILS"),
    (r"qatari riyals?|qar", "QAR"),
    (r"(?:malaysian? )?ringgits?|rm|myr", "MYR"),
)
_CODES = (
    "kwd|bgn|nzd|sgd|hkd|sek|nok|dkk|czk|huf|ron|rsd|brl|mxn|ars|clp|cop|krw|thb|vnd|idr|php|zar|sar|"
    "mdl|tjs|tmt|mnt|pkr|bdt|ngn|kes|mad"
)
_BY_WORD = tuple((re.compile(pattern), code) for pattern, code in _WORDS)

SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
"""A regular expression of the signs that may stand right before or after an amount."""

WORD = "(?:" + "|".join(pattern for pattern, _ in _WORDS) + "|" + _CODES + r")(?![^\W\d_])"
"""A regular expression of currency words and codes, up to their last letter."""


def currency_code(said: str) -> str | None:
    """Give the ISO 4217 code of a sign or word that `SIGN` or `WORD` matched, in lower case."""
    said = said.strip()
    if said in _SIGNS:
        return _SIGNS[said]
    for pattern, code in _BY_WORD:
        if pattern.fullmatch(said):
            return code
    return said.upper() if said in _CODES.split("|") else None
