"""From the outside to the lead and back, over every door."""
