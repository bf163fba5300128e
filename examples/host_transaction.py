"""The host's own table and a case change commit together, or not at all.

The host owns the connection, BEGIN and COMMIT; ``app.begin`` only joins. Observers are told at the host's commit.
"""

import tempfile
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, create_engine, func, insert, select

from casework import Actor, Casework
from casework.rescue import rescue

LI = Actor("li", roles={"caseworker"}, unit="anlu")
mail = Table("mail", MetaData(), Column("subject", String), Column("case_id", String))


def receive(app: Casework, connection: Connection, subject: str) -> str:
    """A letter came in: the host keeps it and opens a case for it."""
    with app.begin(LI, connection=connection) as desk:
        case = desk.open("rescue", found_at="bus station", found_by=subject)
    connection.execute(insert(mail).values(subject=subject, case_id=case.id))
    if not subject.strip():
        raise ValueError("a letter without a subject")
    return case.id


def main() -> None:
    """Two letters, one of which breaks the host's own rule after the case was opened."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'host.db')}"
        app, engine = Casework(url, case_types=[rescue]), create_engine(url)
        app.create_tables()
        mail.create(engine)
        for subject in ("a citizen", " "):
            try:
                with engine.begin() as connection:
                    receive(app, connection, subject)
            except ValueError as error:
                print("rolled back:", error)
        with engine.connect() as connection:
            letters = connection.scalar(select(func.count()).select_from(mail))
        print("letters:", letters, "cases:", len(app.desk(LI).find("rescue").cases), "whole:", app.verify().whole)
        engine.dispose()
        app.dispose()


if __name__ == "__main__":
    main()
