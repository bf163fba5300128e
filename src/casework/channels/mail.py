"""A channel that sends e-mail: a fixed text in plain letters, and of the message only what was named."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import attrs

from casework.channels.deadline import Deadline
from casework.channels.failures import DeliveryFailed, Gone
from casework.channels.secrets import Secret, references
from casework.clock import Clock, SystemClock
from casework.condition.literal import natural
from casework.errors import InvalidValue, SetupError
from casework.model.decision import Message
from casework.parts import Channel, Delivery

if TYPE_CHECKING:
    import smtplib
    import ssl
    from email.message import EmailMessage

Line = Literal["starttls", "tls", "plain"]

_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)


def email(
    name: str,
    server: str,
    *,
    sender: str,
    subject: str,
    text: str,
    delivery: Delivery,
    fields: Iterable[str] = (),
    user: str = "",
    password: Secret | None = None,
    line: Line = "starttls",
    port: int | None = None,
    timeout: timedelta = timedelta(seconds=20),
    clock: Clock | None = None,
    context: ssl.SSLContext | None = None,
) -> Channel:
    """A channel *name* that mails *text* to the message's recipient, through the SMTP *server* (RFC 5321).

    Mail is read by many on its way: only values that *fields* names are put below the text, none by default.
    *line* is how the line is secured; a server that does not offer it gets nothing. The port is 587 with
    ``starttls``, else 465 with ``tls`` or 25. Raises InvalidValue where one of them is unfit.
    """
    where = f"email {name!r}"
    if not _ADDRESS.fullmatch(sender):
        raise InvalidValue(where, "sender takes one address such as station@example.org", "发件人须为一个邮箱地址")
    if not subject.isprintable():
        raise InvalidValue(where, "subject takes one line", "主题须为一行文字")
    if line not in ("starttls", "tls", "plain"):
        raise InvalidValue(where, "line is 'starttls', 'tls' or 'plain'", "line 只能是 'starttls'、'tls' 或 'plain'")
    if password is not None:
        references(where, password)
    post = _Mail(
        server=server,
        port=port or {"starttls": 587, "tls": 465, "plain": 25}[line],
        line=line,
        sender=sender,
        subject=subject,
        text=text,
        fields=(fields,) if isinstance(fields, str) else tuple(fields),
        user=user,
        password=password,
        timeout=timeout.total_seconds(),
        clock=clock or SystemClock(),
        context=context,
    )
    return Channel(name, post, delivery=delivery)


@attrs.frozen(kw_only=True)
class _Mail:
    """Delivers through one server."""

    server: str
    port: int
    line: Line
    sender: str
    subject: str
    text: str
    fields: tuple[str, ...]
    user: str = attrs.field(repr=False)
    password: Secret | None = attrs.field(repr=False)
    timeout: float
    clock: Clock = attrs.field(repr=False)
    context: ssl.SSLContext | None = attrs.field(repr=False)

    def __call__(self, message: Message, key: str) -> None:
        """Mail *message*; raises DeliveryFailed or Gone where the server has not taken it."""
        if not _ADDRESS.fullmatch(message.to):
            raise Gone("the recipient is not one address of e-mail")
        written = self._written(message, key)
        with Deadline(self.timeout) as deadline:
            self._send(written, message.to, deadline)

    def _written(self, message: Message, key: str) -> EmailMessage:
        from email.message import EmailMessage
        from email.policy import SMTP
        from email.utils import format_datetime

        told = [f"{field}: {natural(value)}" for field, value in message.body if field in self.fields]
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.to, self.subject
        mail["Date"] = format_datetime(self.clock.now())
        domain = self.sender.rpartition("@")[2]
        mail["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content("\n".join([self.text, *told]) + "\n")
        return mail

    def _send(self, mail: EmailMessage, to: str, deadline: Deadline) -> None:
        import smtplib

        reached = False
        try:
            with closing(self._connected(deadline)) as smtp:
                deadline.watch(lambda: smtp.sock)
                self._introduced(smtp)
                _accepted(*smtp.mail(self.sender))
                code, _ = smtp.rcpt(to)
                if code // 100 == 5:
                    raise Gone(f"the mail server refuses the recipient ({code})")
                _accepted(code)
                reached = True
                _accepted(*smtp.data(mail.as_bytes()))
                with suppress(OSError, smtplib.SMTPException):
                    smtp.quit()  # it has the message: what becomes of the farewell changes nothing
        except smtplib.SMTPResponseException as error:
            raise DeliveryFailed(f"the mail server answered {error.smtp_code}", reached=False) from None
        except (OSError, smtplib.SMTPException, ValueError):
            raise DeliveryFailed("the mail server could not be used", reached=reached) from None
        finally:
            deadline.watch(lambda: None)

    def _connected(self, deadline: Deadline) -> smtplib.SMTP:
        import smtplib
        import ssl

        # What the server is told as our name would else be asked of the resolver, which may take its time.
        own = self.sender.rpartition("@")[2]
        if self.line == "tls":
            context = self.context or ssl.create_default_context()
            return smtplib.SMTP_SSL(self.server, self.port, own, timeout=deadline.left, context=context)
        return smtplib.SMTP(self.server, self.port, own, timeout=deadline.left)

    def _introduced(self, smtp: smtplib.SMTP) -> None:
        import ssl

        if self.line == "starttls":
            smtp.starttls(context=self.context or ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if self.password is not None:
            try:
                password = self.password()
            except SetupError as error:
                raise DeliveryFailed(str(error), reached=False) from None
            smtp.login(self.user, password)


def _accepted(code: int, _: bytes = b"") -> None:
    import smtplib

    if code // 100 != 2:
        raise smtplib.SMTPResponseException(code, b"")
