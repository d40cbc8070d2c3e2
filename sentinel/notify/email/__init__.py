"""E-mail, by a real SMTP conversation."""
