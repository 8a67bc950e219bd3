"""One file a step, written once and never changed."""
