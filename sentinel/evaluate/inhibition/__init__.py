"""One excess, one alert: which of the rules and scopes that see it tells it."""

from sentinel.evaluate.inhibition.inhibit import INHIBITED_KINDS, explained_voice, inhibit
from sentinel.evaluate.inhibition.kinship import Voice

__all__ = [
    "INHIBITED_KINDS",
    "Voice",
    "explained_voice",
    "inhibit",
]
