"""A small Celery application as people write them: nothing in it knows of Forewatch."""

import os
import time

from celery import Celery

app = Celery("end2end", broker=os.environ["BROKER_URL"], backend=os.environ["BROKER_URL"])
app.conf.task_default_queue = "cpu_standard"
app.conf.broker_connection_retry_on_startup = True


@app.task
def quick(number):
    """Done at once."""
    return number * 2


@app.task
def slow(seconds):
    """Takes its time."""
    time.sleep(seconds)
    return seconds


@app.task
def failing(reason):
    """Always fails."""
    raise ValueError(reason)


@app.task(bind=True, max_retries=2)
def retrying(self):
    """Fails twice, then succeeds."""
    if self.request.retries < 2:
        raise self.retry(exc=ConnectionError("upstream is away"), countdown=0)
    return self.request.retries


@app.task(bind=True)
def progress(self, steps):
    """Tells how far it is, in a state of its own."""
    for step in range(steps):
        self.update_state(state="PROGRESS", meta={"done": step, "of": steps})
        time.sleep(0.05)
    return steps
