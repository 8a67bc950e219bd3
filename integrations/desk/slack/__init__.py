"""The desk in Slack: threads in one channel, with a card at the top of each."""
