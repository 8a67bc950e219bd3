"""Adapters are found by the name of their file."""

import pytest

from flows.errors import Misconfigured
from integrations.channels import console
from integrations.discovery import adapter, names


def test_channels_are_found_as_files_and_as_packages() -> None:
    assert {"console", "telegram"} <= set(names("channels"))
    assert "__init__" not in names("channels")


def test_a_kind_without_adapters_has_none() -> None:
    assert names("satellites") == ()


def test_an_adapter_has_settings_and_connect() -> None:
    found = adapter("channels", "console")
    assert (found.settings, found.connect) == (console.Settings, console.connect)


@pytest.mark.parametrize("name", ["pigeon", "__init__", "../storage", ""])
def test_an_unknown_name_is_told_with_the_known_ones(name: str) -> None:
    with pytest.raises(Misconfigured, match="console"):
        adapter("channels", name)
