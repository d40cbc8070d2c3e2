"""Whatever Apprise can reach."""
