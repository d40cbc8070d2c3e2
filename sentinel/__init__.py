"""Watches what a WarpStream account costs."""

__version__ = "0.1.0"
