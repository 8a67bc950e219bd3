"""The world outside: channels, storage and other services, one adapter a file."""
