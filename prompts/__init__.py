"""Words for a model: templates and their rendering."""
