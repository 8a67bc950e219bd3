"""Where a qualified lead is one card: one file a tracker."""
