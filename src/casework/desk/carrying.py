"""How the verbs of a desk run: in a transaction of their own or in the one that the desk was given, and logged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from casework.desk import accesslog
from casework.desk.accesslog import Reader
from casework.desk.engine import Engine
from casework.errors import KeyDestroyed, Refused, StoreUnavailable
from casework.model.reading import Reading
from casework.model.refusal import Refusal, RefusalCode
from casework.storage.sql.transaction import Contended, OutcomeUnknown, Transaction

Answer = TypeVar("Answer")


class Carrier:
    """Carries out what a *reader* asks for, inside *transaction* where one is given.

    What the work is about to show stands in the access log before it leaves here.
    """

    def __init__(self, engine: Engine, reader: Reader, transaction: Transaction | None) -> None:
        self._engine, self._reader, self._transaction = engine, reader, transaction

    def write(self, work: Callable[[Transaction], Answer], verb: str = "") -> Answer:
        """Carry out *work* in a transaction that writes, as a whole again where somebody was in the way."""

        def logged(transaction: Transaction) -> Answer:
            answer = work(transaction)
            accesslog.log_shown(self._engine, transaction, self._reader, verb, ends=self._transaction is None)
            return answer

        self._engine.guarded()
        try:
            if self._transaction is None:
                return self._engine.store.transactions.carried(logged)
            with self._transaction.whole():
                return logged(self._transaction)
        except StoreUnavailable as error:
            _refuse(error, self._transaction)

    def within(self, work: Callable[[Transaction], Answer]) -> Answer:
        """The same for work that hands on what it sees: where it is taken back, that it saw something is not."""
        outer = self._transaction
        known = 0 if outer is None else len(outer.logged)
        lines: list[Reading] = []

        def carried(transaction: Transaction) -> Answer:
            try:
                return work(transaction)
            finally:
                lines[:] = transaction.logged[known:]

        try:
            return self.write(carried, "within")
        except BaseException:
            with unavailable(outer):
                accesslog.log_again(self._engine, outer, self._reader, lines)
            raise

    def read(self, work: Callable[[Transaction], Answer], verb: str = "") -> Answer:
        """Carry out *work* in a transaction that only reads."""
        with self.reading(verb) as transaction:
            return work(transaction)

    @contextmanager
    def reading(self, verb: str = "") -> Iterator[Transaction]:
        """A transaction that only reads. What was shown by it is logged before the block is left."""
        self._engine.guarded()
        with unavailable(self._transaction):
            if self._transaction is not None:
                with self._transaction.looking():
                    yield self._transaction
                accesslog.log_shown(self._engine, self._transaction, self._reader, verb, ends=False)
            else:
                with self._engine.store.transactions.read() as transaction:
                    yield transaction
                accesslog.log_read(self._engine, self._reader, verb, transaction.shown)


@contextmanager
def unavailable(inside: Transaction | None = None) -> Iterator[None]:
    """A store that cannot be used just now, as a refusal like any other.

    *inside* a transaction of ours it is left to whoever carries that out, for it goes again as a whole.
    """
    try:
        yield
    except StoreUnavailable as error:
        _refuse(error, inside)
    except KeyDestroyed as error:
        raise Refused(Refusal("erased")) from error


def _refuse(error: StoreUnavailable, inside: Transaction | None) -> NoReturn:
    if isinstance(error, Contended) and inside is not None and not inside.hosted:
        raise error
    code: RefusalCode = "outcome-unknown" if isinstance(error, OutcomeUnknown) else "store-unavailable"
    raise Refused(Refusal(code)) from error
