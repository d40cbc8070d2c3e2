"""A JSON webhook."""
