"""The machine and its language: words, ports, the pure engine."""
