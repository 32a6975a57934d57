"""The commands of `python -m dashapp`. Each module imports what it needs when it is called: most need neither Dash nor models."""
