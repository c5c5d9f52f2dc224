"""Provisions: clauses followed through versions, what was found in them, and how they compare."""
