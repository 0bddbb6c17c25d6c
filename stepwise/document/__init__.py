"""A lesson as data: titled sections of blocks, without a word of any format."""
