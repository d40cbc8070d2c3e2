"""Writing to standard output."""

from __future__ import annotations

from rich.console import Console

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.notify.console.render import print_message


class ConsoleChannel:
    """Standard output; a receipt is the notification's own key."""

    def __init__(self, name: str, console: Console | None = None) -> None:
        self.name = name
        self._console = console

    def send(self, notification: Notification) -> Receipt:
        """Print it. Raises DeliveryError when nothing can be written."""
        console = self._console or Console()
        # Rich itself would end the program at a closed pipe.
        with console.capture() as drawn:
            print_message(console, notification.message)
        try:
            console.file.write(drawn.get())
            console.file.flush()
        except (OSError, UnicodeEncodeError) as error:
            raise DeliveryError(f"channel {self.name}: standard output cannot be written: {error}") from error
        return Receipt(remote_id=notification.key)

    def check(self) -> str:
        """Nothing can be wrong before something is printed."""
        return "standard output"

    def close(self) -> None:
        """Nothing is kept open: standard output is not ours to close."""
