"""Formats of dates by language (Django's FORMAT_MODULE_PATH)."""
