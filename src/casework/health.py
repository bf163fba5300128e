"""Whether an application can serve just now: what a load balancer, a supervisor or a person on call asks."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import attrs

from casework.desk.engine import Engine
from casework.errors import CaseworkError, StoreUnavailable
from casework.storage.pulse import is_read_only, lateness, store_version
from casework.storage.sql.transaction import Transaction
from casework.storage.tables import head
from casework.text import Text

LAG = timedelta(minutes=15)
"""How late a timer may be before the workers are thought to be away."""


@attrs.frozen(kw_only=True)
class Health:
    """*ready*: send people here. *alive*: this process need not be started again. *why* says what is amiss.

    A store that is out of reach makes an application not ready and leaves it alive, for starting it again would
    not mend the store. *codes* name what *why* tells, in the same order. *seconds* is what asking the store took.
    """

    ready: bool
    alive: bool = True
    codes: tuple[str, ...] = ()
    why: tuple[Text, ...] = ()
    seconds: float = 0.0
    late: timedelta = timedelta()


def health(engine: Engine, now: datetime) -> Health:
    """Ask the store three short questions, in one transaction that only reads. Raises nothing of ours."""
    began = time.monotonic()
    late = timedelta()
    found: list[tuple[str, Text]] = []
    try:
        with engine.store.transactions.read() as transaction:
            found += _fits(transaction)
            if not found:
                late = lateness(transaction, now)
                if (gate := engine.store.transactions.gate) is not None:
                    gate(transaction, {})
    except StoreUnavailable as error:
        found.append((error.code, Text("the store cannot be reached just now", "暂时无法连接存储")))
    except CaseworkError as error:
        found.append((error.code, Text(str(error), "存储与应用或检查点不符")))
    ready = not found
    if late > LAG:
        minutes = late // timedelta(minutes=1)
        text = Text(
            f"a timer is {minutes} minutes late; do the workers run?",
            f"定时已逾期 {minutes} 分钟，后台进程是否在运行？",
        )
        found.append(("worker-late", text))
    return Health(
        ready=ready,
        codes=tuple(code for code, _ in found),
        why=tuple(text for _, text in found),
        seconds=time.monotonic() - began,
        late=late,
    )


def _fits(transaction: Transaction) -> list[tuple[str, Text]]:
    """Whether the tables are ours, and may be written to."""
    found = []
    present = store_version(transaction)
    if present != head():
        text = Text(f"the tables are of version {present}, not {head()}", f"数据表版本为 {present}，应为 {head()}")
        found.append(("store-mismatch", text))
    if is_read_only(transaction):
        found.append(("read-only", Text("the server is a standby, or read-only", "服务器为备机或只读")))
    return found
