"""Keeping a database small and sound: what is forgotten, a copy, and whether it is whole."""
