"""Storage: the one database behind the ports, and what may be lost beside it."""
