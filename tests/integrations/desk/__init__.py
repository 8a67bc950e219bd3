"""Desks before strict servers."""
