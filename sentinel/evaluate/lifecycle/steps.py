"""What one evaluation makes of one alert."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel.domain.alerts import Alert, AlertState, Transition
from sentinel.evaluate.tracks import Track


@dataclass(frozen=True, slots=True)
class Step:
    """How an alert stood before (None: it is new), how it stands now, what is to be told, and what was judged.

    `track` is None where the alert's rule no longer speaks of its scope.
    """

    before: Alert | None
    now: Alert
    transition: Transition | None
    track: Track | None

    @property
    def is_open(self) -> bool:
        """Whether the alert is open after this evaluation."""
        return self.now.state is AlertState.OPEN

    @property
    def was_inhibited(self) -> bool:
        """Whether another alert told it before this evaluation."""
        return self.before is not None and self.before.inhibited_by is not None

    @property
    def fires_now(self) -> bool:
        """Whether its newest judgeable day fires."""
        return self.track is not None and self.track.fires_now
