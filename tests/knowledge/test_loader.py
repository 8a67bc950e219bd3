"""Files of the knowledge are read whole, and every mistake is named with its file, line, field and remedy."""

import pytest

from tests.knowledge.shipped import FAQ, PRICES, PRODUCTS, shipped, shipped_files, small


def test_what_ships_is_whole_in_both_languages() -> None:
    knowledge = shipped()
    products = knowledge.products.products
    assert len(products) >= 12
    assert len(knowledge.faq.entries) >= 15
    for product in products:
        for words in (product.name, product.about, product.whom):
            assert set(words) == {"ru", "en"}
    for entry in knowledge.faq.entries:
        assert set(entry.questions) == set(entry.answer) == {"ru", "en"}
    assert {row for prices in knowledge.prices for row in prices.rows} == {product.id for product in products}
    assert min(prices.valid_until.year for prices in knowledge.prices) >= 2027


def test_nothing_at_all_is_an_empty_knowledge() -> None:
    knowledge, defects = small(products="", prices=PRICES.split("rows:", maxsplit=1)[0], faq="version: '1'\n")
    assert defects == ()
    assert knowledge.products.products == ()


@pytest.mark.parametrize(
    ("file", "text", "line", "place", "problem"),
    [
        ("products", PRODUCTS.replace("id: e8", "id: x8"), 7, "products.1.id", "twice"),
        ("products", PRODUCTS.replace("id: e8", "id: E 8"), 7, "products.1.id", "match pattern"),
        ("products", PRODUCTS.replace("[office]\n", "[ofice]\n"), 5, "products.0.groups.0", "no group ofice"),
        ("products", PRODUCTS + "    unit: bag\n", 9, "products.1.unit", "no unit bag"),
        ("products", PRODUCTS + "    faq: lost\n", 9, "products.1.faq", "no question lost"),
        ("products", PRODUCTS + "    nmae: {}\n", 9, "products.1.nmae", "Extra inputs"),
        ("products", PRODUCTS.replace("    name: {en: Jura E8}\n", ""), 7, "products.1.name", "required"),
        ("products", "products: [\n", 2, "", "node"),
        ("prices", PRICES.replace("100.50", "100,50"), 6, "rows.x8", "valid decimal"),
        ("prices", PRICES.replace("100.50", "-1"), 6, "rows.x8", "greater than or equal"),
        ("prices", PRICES.replace("100.50", "1.005"), 6, "rows.x8", "2 digits"),
        ("prices", PRICES.replace("100.50", "NaN"), 6, "rows.x8", "finite"),
        ("prices", PRICES.replace("x8:", "x9:"), 6, "rows.x9", "no product"),
        ("prices", PRICES.replace("2026-12-31", "2025-12-31"), 4, "valid_until", "ends before"),
        ("prices", PRICES.replace("2026-12-31", "soon"), 4, "valid_until", "valid date"),
        ("prices", PRICES.replace("RUB", "XYZ"), 2, "currency", "no currency"),
        ("prices", PRICES + "  x8: 5\n", 8, "rows.x8", "twice"),
        ("faq", FAQ.replace("'e8'", "'e9'"), 5, "entries.0.answer.en", "no price list has e9"),
        ("faq", FAQ.replace("{{ price('e8') | money }}", "900 roubles"), 5, "entries.0.answer.en", "900 roubles"),
        (
            "faq",
            FAQ.replace("price('e8') | money", "price(e8)"),
            5,
            "entries.0.answer.en",
            "{{ price(e8) }}",
        ),
        ("faq", FAQ.replace("answer:", "anser:"), 5, "entries.0.anser", "Extra inputs"),
        ("destinations", "trello:\n  phone: whole\n", 2, "trello.phone", "full"),
        ("company", "name: {en: X}\ntime_zone: Mars/Olympus\n", 2, "time_zone", "no such time zone"),
        ("team", "hours:\n  mon: early\n", 2, "hours.mon", "no time of day"),
        ("team", "hours: {mon: '09:00-9:00'}\n", 1, "hours.mon", "ends before it begins"),
        ("team", "hours: {mon: '09:00-13:00, 12:00-18:00'}\n", 1, "hours.mon", "ends before it begins"),
        ("team", "hours: {monday: '09:00-13:00'}\n", 1, "hours.monday", "'mon'"),
        ("team", "people:\n  - email: anna\n", 2, "people.0.email", "no e-mail"),
        ("team", "people:\n  - {email: a@x.io, cap: 0}\n", 2, "people.0.cap", "greater than"),
        ("team", "people:\n  - email: a@x.io\n  - email: A@x.io\n", 3, "people.1.email", "twice"),
        ("team", "people:\n  - email: a@x.io\n    products: [x8, tea]\n", 3, "people.0.products.1", "tea"),
        ("team", "holidays: [2026-02-30]\n", 1, "holidays.0", "date"),
        ("team", "waiting: {expected: [9, 2]}\n", 1, "waiting.expected", "before it begins"),
        ("team", "waiting:\n  at_least: 30\n", 2, "waiting.at_least", "longer"),
        ("notices", "rules: {hot_led: now}\n", 1, "rules.hot_led", "'hot_lead'"),
        ("notices", "rules: {hot_lead: soon}\n", 1, "rules.hot_lead", "'now'"),
        ("notices", "digest_at: '25:00'\n", 1, "digest_at", "no time of day"),
    ],
)
def test_each_mistake_is_named_where_it_stands(file: str, text: str, line: int, place: str, problem: str) -> None:
    _, defects = small(**{file: text})
    found = [defect for defect in defects if (defect.file, defect.line) == (f"knowledge/{file}.yaml", line)]
    assert found, defects
    assert any(defect.place == place and problem in defect.problem and defect.remedy for defect in found), found


def test_two_prices_for_one_product_on_one_day_are_found_and_a_later_list_is_fine() -> None:
    _, clash = small(prices_spring=PRICES.replace('"1"', '"2"').replace("  e8: 90\n", ""))
    assert [(defect.place, defect.problem) for defect in clash] == [("rows.x8", "two prices are valid at once")]
    assert "knowledge/prices-spring.yaml" in str(clash[0])
    later = PRICES.replace('"1"', '"2"').replace("2026-12-31", "2027-12-31").replace("2026-01-01", "2027-01-01")
    assert small(prices_later=later)[1] == ()


def test_one_bad_file_leaves_the_others_in_use() -> None:
    knowledge, defects = small(faq="version: [")
    assert len(knowledge.products.products) == 2
    assert [defect.file for defect in defects] == ["knowledge/faq.yaml"]


def test_a_lost_file_is_named_once_and_not_by_every_line_that_speaks_of_it() -> None:
    _, defects = small(products="products: [\n")
    assert [defect.file for defect in defects] == ["knowledge/products.yaml"]


def test_a_second_file_of_one_kind_is_named() -> None:
    _, defects = small(faq_more=FAQ)
    assert [defect.problem for defect in defects] == ["a second file of this kind"]


def test_every_shipped_file_is_read() -> None:
    assert {name.rpartition("/")[2] for name in shipped_files()} == {
        "company.yaml",
        "destinations.yaml",
        "faq.yaml",
        "notices.yaml",
        "prices.yaml",
        "products.yaml",
        "team.yaml",
        "trackers.yaml",
    }
