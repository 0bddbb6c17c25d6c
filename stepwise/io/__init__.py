"""Files read, and written whole or not at all; what people type, as arrays."""
