"""Tests of integrations, mirrored."""
