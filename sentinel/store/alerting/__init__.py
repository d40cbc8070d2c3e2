"""Evaluations and alerts, and what people said of them."""
