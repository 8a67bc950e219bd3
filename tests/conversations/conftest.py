"""Lets assertions of the runner tell what they compared."""

import pytest

pytest.register_assert_rewrite("tests.conversations.runner")
