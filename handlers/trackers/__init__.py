"""What trackers are told of a lead, and what their moves do to it."""
