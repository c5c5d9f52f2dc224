"""ConductAtlas watches what platforms make their users agree to."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("conductatlas")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+source"
