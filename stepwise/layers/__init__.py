"""A layer as it is asked for: its operation, its weights, the form of its input, its sizes."""
