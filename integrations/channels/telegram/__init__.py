"""Telegram: the channel adapter, the only room that imports aiogram."""
