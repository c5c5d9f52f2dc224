"""Who reads and who runs the archive: persons and organisations."""
