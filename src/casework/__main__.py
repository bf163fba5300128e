"""``python -m casework`` is ``casework``."""

from casework.cli import main

if __name__ == "__main__":
    main()
