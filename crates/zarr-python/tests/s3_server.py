"""A program: a server of S3's protocol on loopback. It prints its port, and serves until it is killed.

moto looks at a condition and stores a value in two steps, so requests are served one after another: in a bucket they are
one step.
"""

import logging

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=False)
    print(server.server_port, flush=True)
    server.serve_forever()
