"""Use cases: what we do when something happens, one a file."""
