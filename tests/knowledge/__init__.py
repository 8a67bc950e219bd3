"""What the company knows, proved."""
