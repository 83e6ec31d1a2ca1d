"""Celery's own view: prints what its State made of the events, once standard input ends."""

import json
import sys
import threading

from celery.events import EventReceiver
from tasks import app


class Receiver(EventReceiver):
    """Says when it listens."""

    def on_consume_ready(self, *args, **kwargs):
        super().on_consume_ready(*args, **kwargs)
        print("listening", flush=True)


state = app.events.State()


def take(event):
    # Elections carry an `id` of their own, on which State raises.
    if not event["type"].startswith("worker-elect"):
        state.event(event)


def told(task):
    moments = {name: getattr(task, name) for name in ("received", "started", "succeeded", "failed", "revoked")}
    return {
        "state": task.state,
        "name": task.name,
        "worker": task.worker and task.worker.hostname,
        "retries": task.retries or 0,
        **moments,
    }


with app.connection_for_read() as connection:
    receiver = Receiver(connection, handlers={"*": take}, app=app)

    def until_told():
        sys.stdin.read()
        receiver.should_stop = True

    threading.Thread(target=until_told, daemon=True).start()
    receiver.capture()

tasks = {uuid: told(task) for uuid, task in state.tasks.items()}
workers = {name: worker.alive for name, worker in state.workers.items()}
print(json.dumps({"tasks": tasks, "workers": workers}))
