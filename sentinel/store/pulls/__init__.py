"""What was asked and when, which days it covered, and what went wrong."""
