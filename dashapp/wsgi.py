"""The entry for a WSGI server of one's own: gunicorn dashapp.wsgi:server."""

from dashapp.app import create_app
from dashapp.lean import one_thread_each, refuse_pandas
from dashapp.settings import Settings

refuse_pandas()
one_thread_each()
server = create_app(Settings.from_env()).server
