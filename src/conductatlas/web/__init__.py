"""The site anyone can read: pages and feeds."""
