"""The HTTP surface: health, webhooks and the JSON API."""
