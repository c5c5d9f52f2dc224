"""What was served: checks, captures, the exact bytes, and how they were come by."""
