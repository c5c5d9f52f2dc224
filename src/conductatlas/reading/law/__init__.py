"""The register of law, and how a clause may stand to it."""
