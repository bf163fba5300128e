"""The closed language of conditions: values that say what must hold, and their readers.

``tree`` holds the values, ``build`` the Python expressions that make them, ``table`` their form in
documents, ``evaluate`` the Python reader and ``sentence`` the one for people. The SQL reader lives
with the storage.
"""
