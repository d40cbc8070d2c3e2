"""The history of costs: how an answer becomes part of it, and how a window of it is read."""
