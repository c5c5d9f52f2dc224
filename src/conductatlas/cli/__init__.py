"""One verb a function; every command also speaks `--json`. Heavy imports stand inside the commands."""
