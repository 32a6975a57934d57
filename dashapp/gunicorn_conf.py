"""For a gunicorn of one's own: gunicorn -c python:dashapp.gunicorn_conf dashapp.wsgi:server. `serve` needs no such file."""

from dashapp.commands.gunicorn_options import options
from dashapp.settings import Settings

# Gunicorn reads its options as the names of this module.
globals().update(options(Settings.from_env()))
