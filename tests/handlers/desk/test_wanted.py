"""Arguments of commands in any order and either language; nothing that is typed breaks them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.desk.wanted import Wanted, wanted
from handlers.report import LONGEST


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Wanted()),
        ("7d", Wanted(7)),
        ("30 d", Wanted(30, unclear=("d",))),
        ("2w", Wanted(14)),
        ("3 xlsx", Wanted(3, "xlsx")),
        ("неделя", Wanted(7)),
        ("7д excel", Wanted(7, "xlsx")),
        ("2мес", Wanted(60)),
        ("99999d", Wanted(LONGEST)),
        ("xlsx 7d status=won", Wanted(7, "xlsx", "won")),
        ("STATUS = Not_A_Fit, csv", Wanted(0, "csv", "not_a_fit")),
        ("статус: qualified", Wanted(0, None, "qualified")),
        ("not a fit", Wanted(0, None, "not_a_fit")),
        ("0d", Wanted(unclear=("0d",))),
        ("-7d", Wanted(unclear=("-7d",))),
        ("won yesterday", Wanted(0, None, "won", ("yesterday",))),
        ("'; drop table leads", Wanted(unclear=("';", "drop", "table", "leads"))),
    ],
)
def test_what_is_meant(typed: str, meant: Wanted) -> None:
    assert wanted(typed) == meant


@given(st.text(max_size=60))
def test_any_text_is_read(typed: str) -> None:
    assert 0 <= wanted(typed).days <= LONGEST
