"""Tests of the database behind the ports."""
