"""How fast answers become history, and history becomes a matrix; how much memory and disk that takes."""
