"""The web application. This file stays empty of imports, so that the command line starts in no time."""
