"""Slack, through a bot token and chat.postMessage."""
