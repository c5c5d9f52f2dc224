"""What is watched: platforms, their documents, and the pages these are read from."""
