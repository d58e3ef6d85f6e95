"""Writes whisper files from the JSON on standard input, then serves them with graphite-web.

Arguments: an empty folder, and host:port. The input is {"archives": [[seconds between points, number of points]],
"series": {"path.of.metric": [[epoch seconds, value]]}}; "metric;tag=value" is a tagged one. Runs on Debian's own Python.
"""

import json
import os
import sys
import types
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import whisper

folder, address = sys.argv[1:]
host, port = address.split(':')
whisper_folder = os.path.join(folder, 'whisper')

settings = types.ModuleType('graphite_test_settings')
settings.SECRET_KEY = 'for tests only'
settings.ALLOWED_HOSTS = [host]
settings.TIME_ZONE = 'UTC'
settings.CONF_DIR = settings.STORAGE_DIR = settings.LOG_DIR = folder
settings.INDEX_FILE = os.path.join(folder, 'index')
settings.WHISPER_DIR = whisper_folder
settings.STANDARD_DIRS = [whisper_folder]
settings.CARBONLINK_HOSTS = []
settings.DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': os.path.join(folder, 'graphite.db')}}
sys.modules[settings.__name__] = settings
os.environ['GRAPHITE_SETTINGS_MODULE'] = settings.__name__
os.environ['DJANGO_SETTINGS_MODULE'] = 'graphite.settings'

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from graphite.storage import STORE  # noqa: E402
from graphite.tags.utils import TaggedSeries  # noqa: E402

given = json.load(sys.stdin)
# Only tags are in the database.
if any(';' in name for name in given['series']):
    call_command('migrate', run_syncdb=True, verbosity=0, stdout=sys.stderr)
for name, points in given['series'].items():
    if ';' in name:
        name = STORE.tagdb.tag_series(name)
    path = os.path.join(whisper_folder, TaggedSeries.encode(name, os.sep)) + '.wsp'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # Sparse: the files reach back for years, and are empty but for some hours.
    whisper.create(path, given['archives'], xFilesFactor=0, sparse=True)
    whisper.update_many(path, points)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


make_server(host, int(port), application, Server, Quiet).serve_forever()
