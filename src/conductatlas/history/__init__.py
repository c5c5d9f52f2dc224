"""What changed: versions, readings, changes and what became of them."""
