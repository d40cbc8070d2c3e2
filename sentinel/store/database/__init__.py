"""The database itself: its engine, its schema, its lock, and many rows at once."""
