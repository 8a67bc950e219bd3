"""What the repository is looked after with; nothing of it is installed."""
