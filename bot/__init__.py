"""The process: settings, wiring, command line, HTTP, schedule."""
