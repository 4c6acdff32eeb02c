"""`python -m unclench`, the same as `unclench`."""

from unclench.interfaces.cli import main

if __name__ == "__main__":
    main()
