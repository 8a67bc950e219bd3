"""The commands of `assistant`, one a file; what is heavy is imported when a command runs."""
