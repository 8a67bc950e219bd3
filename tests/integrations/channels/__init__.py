"""Tests of integrations/channels, mirrored."""
