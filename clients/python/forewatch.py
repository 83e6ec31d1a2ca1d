"""Tells a Forewatch server what a program does. Standard library only, one file: copy it, or install it.

    import forewatch

    watch = forewatch.Client("http://127.0.0.1:8790", worker_id="gpu-07")

    @watch.task(queue="gpu_priority", content_type="image")
    def upscale(path): ...

    with watch.run("transcode", queue="cpu_batch") as task:
        for done, part in enumerate(parts):
            convert(part)
            task.progress((done + 1) / len(parts))

What is told is sent by a thread of its own, in batches. The program never waits for the server and never fails because
of it: while the server is away, up to ``capacity`` events are kept, then the oldest are dropped and counted in
``Client.dropped``. Each event carries an id, so that one that is sent twice counts once.
"""

import asyncio
import atexit
import collections
import contextlib
import functools
import inspect
import json
import logging
import os
import random
import socket
import threading
import time
import traceback
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone

__all__ = ["Client", "Task"]

log = logging.getLogger("forewatch")

#: Events in one request at most. The server takes 10,000.
BATCH = 500
#: Seconds between two tries while the server is away: the first, and the longest.
PAUSE, LONGEST_PAUSE = 0.5, 30.0
#: Characters of an error and of a traceback that are sent.
ERROR, TRACEBACK = 2_000, 20_000


class Task:
    """A task that runs: made by :meth:`Client.run`."""

    def __init__(self, client, task_id):
        self._client = client
        self.id = task_id
        self._result = {}

    def progress(self, share, message=None):
        """Tells how far it is, from 0 to 1, and in words."""
        self._client.tell("task.progress", task_id=self.id, progress=min(max(float(share), 0.0), 1.0), message=message)

    def result(self, **fields):
        """Adds to what is told when it completes: ``output_file_size`` and ``memory_peak`` (bytes), ``gpu_time``
        (seconds), ``confidence_score`` (0 to 1), ``quality_degraded``."""
        self._result.update(fields)


class Client:
    """A connection to one server, to be made once in a program.

    ``worker_id`` names this process as a worker, by default ``host:pid``; ``capability`` is "cpu", "gpu" or "hybrid".
    ``interval`` is the time between two signs of life in seconds. ``token`` is the server's ingest token, if it has one.
    """

    def __init__(
        self,
        url="http://127.0.0.1:8790",
        *,
        token=None,
        worker_id=None,
        capability="cpu",
        tags=(),
        interval=10.0,
        capacity=10_000,
        timeout=5.0,
    ):
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"the server's address begins with http:// or https://, this does not: {url!r}")
        if capability not in ("cpu", "gpu", "hybrid"):
            raise ValueError(f'capability is "cpu", "gpu" or "hybrid", not {capability!r}')
        if capacity < 1 or interval <= 0 or timeout <= 0:
            raise ValueError("capacity, interval and timeout are above 0")
        self.worker_id = worker_id or f"{socket.gethostname()}:{os.getpid()}"
        #: Events that were dropped because the server was away for too long.
        self.dropped = 0
        #: Events that the server would not take; what it said is logged.
        self.rejected = 0
        self._url, self._token, self._timeout = url.rstrip("/"), token, timeout
        self._registration = {"worker_id": self.worker_id, "capability": capability, "tags": list(tags)}
        self._interval, self._capacity = interval, capacity
        self._running = 0
        self._waiting = collections.deque()
        self._changed = threading.Condition()
        self._sending = self._closed = False
        self._thread = threading.Thread(target=self._send_all, name="forewatch", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def submitted(self, name, *, queue=None, content_type="task", task_id=None, **fields):
        """Tells that a task waits, and gives its id, for :meth:`run` where it will run. ``fields`` are ``priority``,
        ``user_id``, ``input_file_size`` (bytes) and ``eta``."""
        task_id = task_id or str(uuid.uuid4())
        self.tell("task.submitted", task_id=task_id, name=name, queue=queue, content_type=content_type, **fields)
        return task_id

    @contextlib.contextmanager
    def run(self, name=None, *, task_id=None, **fields):
        """Tells that a task starts and how it ends. Without ``task_id`` it is submitted here and now, with ``fields`` as in
        :meth:`submitted`. An exception is told as a failure and goes on its way."""
        if task_id is None:
            if name is None:
                raise ValueError("run() needs the name of a task, or the task_id that submitted() gave")
            task_id = self.submitted(name, **fields)
        task = Task(self, task_id)
        self.tell("task.started", task_id=task_id, worker_id=self.worker_id)
        self._count(1)
        begin = _thread_time()
        try:
            yield task
        except (KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError) as error:
            self.tell("task.cancelled", task_id=task_id, reason=type(error).__name__)
            raise
        except BaseException as error:
            self.tell(
                "task.failed",
                task_id=task_id,
                worker_id=self.worker_id,
                error_message=f"{type(error).__name__}: {error}"[:ERROR],
                traceback=traceback.format_exc()[-TRACEBACK:],
                timed_out=isinstance(error, (TimeoutError, asyncio.TimeoutError)),
            )
            raise
        else:
            told = dict(task._result)
            if begin is not None:
                told.setdefault("cpu_time", time.thread_time() - begin)
            self.tell("task.completed", task_id=task_id, worker_id=self.worker_id, **told)
        finally:
            self._count(-1)

    def task(self, function=None, *, name=None, **fields):
        """Decorates a function, plain or ``async``: each call is a task. ``fields`` are those of :meth:`submitted`."""
        if function is None:
            return functools.partial(self.task, name=name, **fields)
        name = name or f"{function.__module__}.{function.__qualname__}"
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def watched(*args, **kwargs):
                with self.run(name, **fields):
                    return await function(*args, **kwargs)

        else:

            @functools.wraps(function)
            def watched(*args, **kwargs):
                with self.run(name, **fields):
                    return function(*args, **kwargs)

        return watched

    def annotate(self, title, tags=()):
        """Marks this moment on every chart: a deploy, an experiment."""
        self.tell("annotation", title=title, tags=list(tags))

    def tell(self, kind, **fields):
        """Tells any event that the server knows; see its ``/api/docs``. Fields that are None are left out."""
        event = {"type": kind, "at": _now(), "event_id": str(uuid.uuid4())}
        event.update((key, value) for key, value in fields.items() if value is not None)
        with self._changed:
            while len(self._waiting) >= self._capacity:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(event)
            self._changed.notify_all()

    def flush(self, timeout=10.0):
        """Waits until all that was told is with the server. False when it is not after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._sending, timeout)

    def close(self, timeout=2.0):
        """Sends what waits, for ``timeout`` seconds at most, and says that this worker is gone. Called at exit."""
        if self._closed:
            return
        atexit.unregister(self.close)
        self.flush(timeout)
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout + self._timeout)
        with contextlib.suppress(OSError, ValueError):
            self._request("DELETE", f"/workers/{urllib.request.quote(self.worker_id, safe='')}", None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _count(self, change):
        with self._changed:
            self._running += change

    def _send_all(self):
        """The thread: signs of life, and batches as they come."""
        beat, pause = 0.0, PAUSE
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed, max(0.0, beat - time.monotonic()))
                if self._closed:
                    return
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                self._sending = bool(batch)
            try:
                if time.monotonic() >= beat:
                    self._beat()
                    beat = time.monotonic() + self._interval
                if batch:
                    self._deliver(batch)
                batch, pause = [], PAUSE
            except (OSError, ValueError) as error:
                log.debug("Forewatch does not answer, it is tried again: %s", error)
            with self._changed:
                self._sending = False
                self._waiting.extendleft(reversed(batch))
                while len(self._waiting) > self._capacity:
                    self._waiting.popleft()
                    self.dropped += 1
                self._changed.notify_all()
                if batch or beat < time.monotonic():
                    self._changed.wait_for(lambda: self._closed, pause * random.uniform(0.5, 1.0))
                    pause = min(pause * 2, LONGEST_PAUSE)

    def _beat(self):
        metrics = {"active_tasks": self._running}
        status = "busy" if self._running else "online"
        beat = {"worker_id": self.worker_id, "status": status, "timestamp": _now(), "metrics": metrics}
        beat["interval"] = self._interval
        path = f"/workers/{urllib.request.quote(self.worker_id, safe='')}/heartbeat"
        try:
            self._request("POST", path, beat)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            self._request("POST", "/workers/register", {"registration": self._registration})
            self._request("POST", path, beat)

    def _deliver(self, batch):
        try:
            answer = self._request("POST", "/events", batch)
        except urllib.error.HTTPError as error:
            if error.code not in (400, 413, 422):
                raise
            answer = {"rejected": [{"index": index, "error": str(error)} for index in range(len(batch))]}
        for refusal in answer.get("rejected", []):
            self.rejected += 1
            log.warning("Forewatch refused %s: %s", batch[refusal["index"]]["type"], refusal["error"])

    def _request(self, method, path, body):
        headers = {"Content-Type": "application/json", "Forewatch-Sent-At": _now()}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body, default=str).encode()
        request = urllib.request.Request(self._url + "/api/v1" + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=self._timeout) as answer:
            return json.loads(answer.read())


def _thread_time():
    """The CPU time of this thread, seconds; None where an event loop shares it among tasks."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return time.thread_time()
    return None


def _now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
