"""Measures the product beside a stock bot and keeps every raw number."""
