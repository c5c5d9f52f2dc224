"""Two readings in, what changed and whether it matters out: normal form, alignment, redline, significance."""
