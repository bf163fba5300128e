"""How a PostgreSQL server is set up: whether it keeps what it was told, and what our account may do there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from sqlalchemy import text

from casework.clock import Clock, ReckonedClock, from_micros
from casework.storage.diagnosis.amiss import Amiss, note, problem
from casework.storage.diagnosis.journal import Settings
from casework.storage.sql.engine import StoreOptions
from casework.storage.sql.transaction import Transaction

OLDEST = 140_000
"""The first version that casework is for, as PostgreSQL writes it: 14."""
SKEW_NOTED, SKEW_WRONG = 2.0, 60.0
"""Seconds by which clocks may differ before it is told, and before it is a problem."""
IDLE_SECONDS = 10

_SETTINGS = text(
    "SELECT name, setting FROM pg_settings WHERE name IN ('server_version', 'server_version_num', 'fsync',"
    " 'full_page_writes', 'synchronous_commit', 'server_encoding', 'max_connections', 'data_checksums',"
    " 'superuser_reserved_connections', 'default_transaction_read_only')"
)
_NOW = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, pg_is_in_recovery()")
_LOG = text(
    "SELECT right_ FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS r(right_)"
    " WHERE to_regclass('casework_entry') IS NOT NULL AND has_table_privilege('casework_entry', right_)"
)
_COLLATIONS = text(
    "SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
    " AND (table_name LIKE 'casework\\_%' OR table_name LIKE 'case\\_%') AND table_name <> 'casework_version'"
    " ORDER BY 1"
)
_SESSIONS = text(
    "SELECT count(*) FILTER (WHERE backend_type = 'client backend'),"
    " count(*) FILTER (WHERE application_name = 'casework' AND state LIKE 'idle in transaction%'"
    " AND extract(epoch FROM clock_timestamp() - state_change) > :seconds)"
    " FROM pg_stat_activity"
)


def of_server(transaction: Transaction, options: StoreOptions, clock: Clock) -> Settings:
    """The settings of a PostgreSQL store, as its server tells them; *clock* is the one that the application goes by."""
    told = {str(name): str(setting) for name, setting in transaction.ask(_SETTINGS)}
    found = (
        *_durable(told),
        *_fit(told),
        *_writable(transaction, told),
        *_clock(transaction, clock),
        *_collations(transaction),
        *_log(transaction),
        *_sessions(transaction, told, options),
    )
    return Settings(
        library=f"PostgreSQL {told.get('server_version', '?').split(' ')[0]}",
        synchronous=told.get("synchronous_commit", "?"),
        amiss=found,
        uncertainty=clock.uncertainty if isinstance(clock, ReckonedClock) else None,
    )


def _durable(told: Mapping[str, str]) -> Iterator[Amiss]:
    """What a power cut would take (F3)."""
    for name in ("fsync", "full_page_writes"):
        if told.get(name) == "off":
            yield problem(
                name,
                f"{name}=off: a crash of the machine may destroy the whole database; set it to on",
                f"{name}=off：机器崩溃可能毁掉整个数据库；请设为 on",
            )
    if told.get("synchronous_commit") == "off":
        yield problem(
            "synchronous_commit",
            "synchronous_commit=off: a crash loses firings that people were told of; set it to on",
            "synchronous_commit=off：崩溃会丢失已告知用户的办理结果；请设为 on",
        )
    if told.get("data_checksums") == "off":
        yield note(
            "data_checksums",
            "data_checksums=off: a disk that errs goes unnoticed; see pg_checksums --enable",
            "data_checksums=off：磁盘出错不会被发现；参见 pg_checksums --enable",
        )


def _fit(told: Mapping[str, str]) -> Iterator[Amiss]:
    if int(told.get("server_version_num", "0")) < OLDEST:
        yield problem(
            "server-version",
            "the server is older than PostgreSQL 14; upgrade it",
            "服务器低于 PostgreSQL 14，请升级",
        )
    if told.get("server_encoding") != "UTF8":
        yield problem(
            "encoding",
            f"the encoding is {told.get('server_encoding')}; make the database with ENCODING 'UTF8'",
            f"编码为 {told.get('server_encoding')}；请以 ENCODING 'UTF8' 建库",
        )


def _writable(transaction: Transaction, told: Mapping[str, str]) -> Iterator[Amiss]:
    if transaction.ask(_NOW)[0][1]:
        yield problem(
            "read-only",
            "the server is a standby; point --store to the primary, or promote it",
            "该服务器是备机；请改用主机，或将其提升为主机",
        )
    elif told.get("default_transaction_read_only") == "on":
        yield problem(
            "read-only",
            "default_transaction_read_only=on: nothing can be written",
            "default_transaction_read_only=on：无法写入",
        )


def _clock(transaction: Transaction, clock: Clock) -> Iterator[Amiss]:
    """How far our clock is from the server's; deadlines and the log go by ours only where one was given (F48)."""
    if isinstance(clock, ReckonedClock):
        seconds = _apart(transaction, clock.own)
        if seconds > SKEW_NOTED:
            yield note(
                "clock",
                f"this machine's clock and the database's differ by {seconds:.0f} s; casework goes by the database's, "
                "other programs do not: let both follow a time server (NTP)",
                f"本机与数据库时钟相差 {seconds:.0f} 秒；casework 以数据库时钟为准，其他程序则不然："
                "请都与时间服务器（NTP）同步",
            )
        return
    seconds = _apart(transaction, clock)
    if seconds > SKEW_NOTED:
        tell = problem if seconds > SKEW_WRONG else note
        yield tell(
            "clock",
            f"our clock and that of the database differ by {seconds:.0f} s; let both follow a time server (NTP)",
            f"本机与数据库时钟相差 {seconds:.0f} 秒；请都与时间服务器（NTP）同步",
        )


def _apart(transaction: Transaction, clock: Clock) -> float:
    return abs((from_micros(int(transaction.ask(_NOW)[0][0])) - clock.now()) / timedelta(seconds=1))


def _collations(transaction: Transaction) -> Iterator[Amiss]:
    names = [str(row[0]) for row in transaction.ask(_COLLATIONS)]
    if names:
        yield problem(
            "collation",
            f"{len(names)} columns do not compare byte by byte, first {names[0]}; casework makes them with COLLATE C",
            f"{len(names)} 列不是按字节比较，首个为 {names[0]}；casework 建表时使用 COLLATE C",
        )


def _log(transaction: Transaction) -> Iterator[Amiss]:
    """Whether this account could rewrite the log (F61)."""
    rights = ", ".join(str(row[0]) for row in transaction.ask(_LOG))
    if rights:
        yield note(
            "log-rights",
            f"this account may {rights} entries of the log; serve people with one that may not: `casework roles`",
            f"该账号可对记录执行 {rights}；请改用受限账号提供服务：`casework roles`",
        )


def _sessions(transaction: Transaction, told: Mapping[str, str], options: StoreOptions) -> Iterator[Amiss]:
    ((taken, idle),) = transaction.ask(_SESSIONS, {"seconds": IDLE_SECONDS})
    free = int(told["max_connections"]) - int(told["superuser_reserved_connections"]) - int(taken)
    if free < options.connections * 2:
        yield note(
            "connections",
            f"{free} connections are free, a process of ours may take {options.connections * 2}; "
            "raise max_connections, or lower StoreOptions(connections=…)",
            f"空闲连接 {free} 个，而每个进程最多占用 {options.connections * 2} 个；"
            "请调大 max_connections，或调小 StoreOptions(connections=…)",
        )
    if idle:
        yield note(
            "idle-in-transaction",
            f"{idle} of our sessions have kept a transaction open for {IDLE_SECONDS} s and wait for their application",
            f"有 {idle} 个会话事务空闲超过 {IDLE_SECONDS} 秒，正在等待其应用",
        )
