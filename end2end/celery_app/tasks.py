"""A small Celery application as people write them: nothing in it knows of Forewatch."""

import os
import time

from celery import Celery, chord
from celery.exceptions import Ignore, Reject

app = Celery("end2end", broker=os.environ["BROKER_URL"], backend=os.environ["BROKER_URL"])
app.conf.task_default_queue = "cpu_standard"
app.conf.broker_connection_retry_on_startup = True
if prefix := os.environ.get("KEY_PREFIX"):
    app.conf.broker_transport_options["global_keyprefix"] = prefix
if seconds := os.environ.get("VISIBILITY_TIMEOUT"):
    # Looked at every ten seconds, not every hundred.
    app.conf.broker_transport_options.update(visibility_timeout=int(seconds), unacked_restore_throttle=1)


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


@app.task
def ignored():
    """Ends, and nobody is told how."""
    raise Ignore


@app.task(bind=True)
def encoding(self):
    """Tells of a state of its own in an event, and is never heard of again."""
    self.send_event("task-encoding", frame=1)
    raise Ignore


@app.task(acks_late=True)
def rejected():
    """Is refused, and not put back."""
    raise Reject("not for me", requeue=False)


@app.task(bind=True, acks_late=True)
def resumed(self, seconds):
    """Takes its time, but not when it comes again because its worker was lost."""
    if not self.request.delivery_info.get("redelivered"):
        time.sleep(seconds)
    return seconds


@app.task
def total(numbers):
    """What the members of a chord end in."""
    return sum(numbers)


@app.task
def fan_out(width):
    """Sends members and what they end in, and does not wait for them."""
    return chord([quick.s(number) for number in range(width)])(total.s()).id
