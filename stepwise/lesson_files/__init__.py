"""A request written down in YAML."""
