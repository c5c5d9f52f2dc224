"""Composes the rooms: what is due, one document's whole check, the runners."""
