"""What the company knows, as data, and pure code over it."""
