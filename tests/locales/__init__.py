"""What a human reads, proved."""
