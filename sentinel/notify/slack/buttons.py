"""What stands below an alert in Slack for people to press."""

from __future__ import annotations

from enum import StrEnum

from sentinel.domain.messages import Message, Phase

Block = dict[str, object]


class Button(StrEnum):
    """What a person asks for by pressing it."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    EXPECTED = "expected"
    EXPLAIN = "explain"


LABELS = {
    Button.ACKNOWLEDGE: "Acknowledge",
    Button.SNOOZE: "Snooze 7 days",
    Button.EXPECTED: "Expected",
    Button.EXPLAIN: "Explain",
}
_PREFIX = "sentinel-"
_OFFERED = {
    Phase.OPEN: tuple(Button),
    Phase.ACKNOWLEDGED: (Button.SNOOZE, Button.EXPECTED, Button.EXPLAIN),
    Phase.ENDED: (),
}


def offered(message: Message) -> tuple[Button, ...]:
    """The buttons that make sense below a message: none where it tells of no alert, of many, or of one that ended."""
    if message.phase is None or len(message.alert_ids) != 1:
        return ()
    return _OFFERED[message.phase]


def actions(buttons: tuple[Button, ...], alert_id: int) -> Block:
    """A row of buttons about one alert."""
    return {"type": "actions", "elements": [_button(button, alert_id) for button in buttons]}


def menu(buttons: tuple[Button, ...], alert_id: int) -> Block:
    """The same as a menu, where many alerts stand below one another."""
    return {
        "type": "overflow",
        "action_id": f"{_PREFIX}menu",
        "options": [{"text": _label(button), "value": value(button, alert_id)} for button in buttons],
    }


def _button(button: Button, alert_id: int) -> Block:
    return {
        "type": "button",
        "action_id": f"{_PREFIX}{button}",
        "text": _label(button),
        "value": value(button, alert_id),
    }


def value(button: Button, alert_id: int) -> str:
    """What a press carries back: `acknowledge 1042`."""
    return f"{button} {alert_id}"


def _label(button: Button) -> Block:
    return {"type": "plain_text", "text": LABELS[button], "emoji": False}
