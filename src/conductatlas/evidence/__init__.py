"""What anyone can check without trusting whoever runs the archive, and what checks it."""
