"""Where staff work: one adapter a console."""
