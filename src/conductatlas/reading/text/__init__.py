"""Bytes in, a reading out: the plain text of a document and marks that say what its parts are."""
