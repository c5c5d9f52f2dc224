"""The command `conductatlas`."""

from conductatlas.cli.app import main

if __name__ == "__main__":
    main()
