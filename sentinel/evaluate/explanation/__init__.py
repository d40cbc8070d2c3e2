"""Why a rule fires on a day, or why not, in figures and in pictures: read from what decides."""

from sentinel.evaluate.explanation.answer import Course, Explanation, Why
from sentinel.evaluate.explanation.pictures import Picture, picture_of, pictures_of
from sentinel.evaluate.explanation.scopes import explain

__all__ = [
    "Course",
    "Explanation",
    "Picture",
    "Why",
    "explain",
    "picture_of",
    "pictures_of",
]
