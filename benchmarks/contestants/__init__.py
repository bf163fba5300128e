"""Peers that keep what they do on disk, each a program of its own for the Python that it is installed in.

Nothing of casework is imported here. A contestant makes its cases, says that it is ready, and leads all of them
once round for every line that it is sent; it answers with how many steps that were and how many seconds they took.
"""
