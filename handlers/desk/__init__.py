"""What staff do at the desk, and what the desk is shown."""
