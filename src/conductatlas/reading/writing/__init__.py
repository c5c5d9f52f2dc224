"""Findings in sentences, each with the ground it stands on."""
