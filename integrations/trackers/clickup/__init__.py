"""ClickUp: a lead is a task in a list."""
