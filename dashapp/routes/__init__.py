"""Plain HTTP: what is not a page of the workbench or one of its callbacks."""

from flask import Flask

from dashapp.routes import downloads, health, sign_in, uploads


def init_app(server: Flask) -> None:
    uploads.init_app(server)
    for module in (downloads, health, sign_in, uploads):
        server.register_blueprint(module.blueprint)
