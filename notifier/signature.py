"""DKIM (RFC 6376): a signature over a mail, by which its receiver knows that the sender's domain stands by it.

dkimpy, which does the work, is an extra, and imported when there is a first mail to sign.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module

from notifier.errors import ChannelDown

_SIGNED = frozenset(
    {
        *(b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"auto-submitted"),
        *(b"list-id", b"list-unsubscribe", b"list-unsubscribe-post"),  # RFC 8058, section 4, wants the last two
        *(b"x-auto-response-suppress", b"mime-version", b"content-type"),
    }
)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, with an RSA key in PEM; its public half is in the DNS, at `<selector>._domainkey.<domain>`."""

    domain: str
    selector: str
    private_key_pem: str = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """The message with a signature before it. Raises ChannelDown where no message can be signed."""
        try:
            dkim = import_module("dkim")
        except ImportError as error:
            raise ChannelDown("DKIM needs the extra: pip install 'hmicfrs-monitor[dkim]'") from error
        key = self.private_key_pem.replace("\r\n", "\n").encode()
        unsigned = dkim.DKIM(message)
        unsigned.should_sign = _SIGNED
        try:
            signature: bytes = unsigned.sign(
                self.selector.encode(), self.domain.encode(), key, canonicalize=(b"relaxed", b"relaxed")
            )
        except (dkim.DKIMException, ValueError, IndexError) as error:  # the last two for what is no base64 or no ASN.1
            raise ChannelDown(f"the DKIM key of {self.domain} is no RSA key in PEM without a password") from error
        return signature + message
