"""The only rooms that write, and the only ones that know SQLAlchemy."""
