"""Reports as messages."""

from sentinel.notify.reports.message import tell_report

__all__ = ["tell_report"]
