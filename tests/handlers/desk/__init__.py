"""Tests of what staff do at the desk."""
