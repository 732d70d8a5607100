"""`python -m newtake`: the same door as the console script."""

from newtake.shells.cli import main

if __name__ == "__main__":
    main()
