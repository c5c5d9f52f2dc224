"""Reports: what a set of platforms states, made from data alone. A definition a file (*.toml)."""
