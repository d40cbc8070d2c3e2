from __future__ import annotations

from email import message_from_bytes, policy

from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.messages import Message, Notification, Tone
from sentinel.notify.email.render import Envelope, render

ENVELOPE = Envelope("sentinel@example.com", ("owners@example.com",))


@given(headline=st.text(min_size=1, max_size=300), line=st.text(max_size=300), channel=st.text(min_size=1, max_size=40))
def test_no_text_can_add_a_header(headline: str, line: str, channel: str) -> None:
    """Whatever a name holds, the mail has our headers and no other, and is seven-bit."""
    message = Message(Tone.WARNING, headline, (line,))
    written = render(Notification(1, channel, "key", message, 1, uncertain=False), ENVELOPE).as_bytes()
    read = message_from_bytes(written, policy=policy.default)
    assert written.isascii()
    assert sorted(read.keys()) == [
        "Auto-Submitted",
        "Content-Type",
        "From",
        "List-Id",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
        "X-Auto-Response-Suppress",
    ]
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
