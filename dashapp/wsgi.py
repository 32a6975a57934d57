"""The entry for a WSGI server of one's own: gunicorn dashapp.wsgi:server."""

from dashapp.app import create_app
from dashapp.settings import Settings

server = create_app(Settings.from_env()).server
