"""What the inside needs of the world: one Protocol a need, named by the need."""
