"""Some days after an origin."""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.forecast.history import Floats


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days from `skip` + 1 to `skip` + `days` after an origin."""

    skip: int
    days: int

    @property
    def end(self) -> int:
        """How many days after the origin its last day lies."""
        return self.skip + self.days

    def over(self, running_total: Floats) -> Floats:
        """[origins, series]: the sums over this stretch after each origin, NaN where it has not ended."""
        result = np.full_like(running_total, np.nan)
        stop = max(0, len(running_total) - self.end)
        result[:stop] = running_total[self.end : self.end + stop] - running_total[self.skip : self.skip + stop]
        return result
