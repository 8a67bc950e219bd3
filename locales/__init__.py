"""Words for a person: texts per language and the catalog that renders them."""
