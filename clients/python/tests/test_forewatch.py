"""Against a server of its own that answers as Forewatch does, or not at all."""

import asyncio
import json
import logging
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import forewatch


class Server:
    """Keeps what it is told. ``status`` is what it answers to events; ``known`` the workers that registered,
    ``heard`` whether one has said that it has work."""

    def __init__(self):
        self.events, self.beats, self.known, self.gone, self.tokens = [], [], [], [], set()
        self.status, self.answer = 200, None
        self.heard = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.tokens.add(self.headers["Authorization"])
                status, answer = server.take(self.path.removeprefix("/api/v1"), body)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def do_DELETE(self):
                server.gone.append(self.path.rsplit("/", 1)[1])
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def take(self, path, body):
        if path == "/workers/register":
            self.known.append(body["registration"]["worker_id"])
            return 200, {"success": True}
        if path.endswith("/heartbeat"):
            if body["worker_id"] not in self.known:
                return 404, {}
            self.beats.append(body)
            if body["metrics"]["active_tasks"]:
                self.heard.set()
            return 200, {"success": True}
        if self.status == 200:
            self.events += body
        return self.status, self.answer or {"accepted": len(body), "rejected": []}

    def told(self, kind):
        return [event for event in self.events if event["type"] == kind]

    def stop(self):
        self.http.shutdown()
        self.http.server_close()


class ClientTest(unittest.TestCase):
    def setUp(self):
        logging.getLogger("forewatch").setLevel(logging.CRITICAL)
        self.server = Server()
        self.addCleanup(self.server.stop)

    def client(self, **options):
        client = forewatch.Client(self.server.url, worker_id="w 1", **options)
        self.addCleanup(client.close, 0)
        return client

    def test_a_call_is_a_task_with_its_result(self):
        client = self.client(token="t")

        @client.task(queue="q", content_type="image", user_id="ann")
        def double(number):
            """Doubles."""
            return 2 * number

        self.assertEqual((double(4), double.__doc__), (8, "Doubles."))
        self.assertTrue(client.flush())
        submitted, started, completed = self.server.events
        self.assertEqual(submitted["name"], f"{__name__}.ClientTest.test_a_call_is_a_task_with_its_result.<locals>.double")
        self.assertEqual((submitted["queue"], submitted["content_type"], submitted["user_id"]), ("q", "image", "ann"))
        self.assertEqual((started["worker_id"], completed["type"]), ("w 1", "task.completed"))
        self.assertGreaterEqual(completed["cpu_time"], 0)
        self.assertEqual(len({event["task_id"] for event in self.server.events}), 1)
        self.assertEqual(len({event["event_id"] for event in self.server.events}), 3)
        self.assertEqual(self.server.tokens, {"Bearer t"})

    def test_an_error_is_told_and_goes_on_its_way(self):
        client = self.client()
        for error in (KeyError("x"), TimeoutError("late"), KeyboardInterrupt()):
            with self.assertRaises(type(error)), client.run("fails"):
                raise error
        self.assertTrue(client.flush())
        failed, late = self.server.told("task.failed")
        self.assertEqual((failed["error_message"], failed["timed_out"], late["timed_out"]), ("KeyError: 'x'", False, True))
        self.assertIn("raise error", failed["traceback"])
        self.assertEqual([event["reason"] for event in self.server.told("task.cancelled")], ["KeyboardInterrupt"])

    def test_what_was_submitted_elsewhere_runs_here_and_tells_its_progress(self):
        client = self.client()
        task_id = client.submitted("there", priority=3)
        with client.run(task_id=task_id) as task:
            task.progress(1.5, "nearly")
            task.result(output_file_size=12)
        self.assertTrue(client.flush())
        self.assertEqual({event["task_id"] for event in self.server.events}, {task_id})
        self.assertEqual((self.server.told("task.progress")[0]["progress"], len(self.server.told("task.submitted"))), (1.0, 1))
        self.assertEqual(self.server.told("task.completed")[0]["output_file_size"], 12)

    def test_async_functions_are_watched_and_cancelled(self):
        client = self.client()

        @client.task(name="sleeps")
        async def sleeps(seconds):
            await asyncio.sleep(seconds)
            return seconds

        async def both():
            late = asyncio.ensure_future(sleeps(60))
            self.assertEqual(await sleeps(0), 0)
            late.cancel()
            await asyncio.gather(late, return_exceptions=True)

        asyncio.run(both())
        self.assertTrue(client.flush())
        self.assertNotIn("cpu_time", self.server.told("task.completed")[0])
        self.assertEqual(len(self.server.told("task.cancelled")), 1)

    def test_it_registers_beats_and_says_good_bye(self):
        client = self.client(capability="gpu", interval=0.05)
        with client.run("long"):
            self.assertTrue(self.server.heard.wait(30), "it beats while the task runs")
        client.close()
        self.assertEqual((self.server.known, self.server.gone), (["w 1"], ["w%201"]))
        self.assertIn("busy", [beat["status"] for beat in self.server.beats])

    def test_the_server_away_loses_nothing_within_the_bound_and_counts_the_rest(self):
        self.server.status = 503
        client = self.client(capacity=4)
        for number in range(10):
            client.annotate(str(number))
        self.assertFalse(client.flush(0.3))
        self.server.status = 200
        self.assertTrue(client.flush(30))
        self.assertEqual([event["title"] for event in self.server.events], ["6", "7", "8", "9"])
        self.assertEqual((client.dropped, client.rejected), (6, 0))

    def test_what_is_refused_is_counted_and_not_sent_again(self):
        client = self.client()
        self.server.answer = {"accepted": 0, "rejected": [{"index": 0, "error": "/title: is too long"}]}
        client.annotate("x")
        self.assertTrue(client.flush())
        self.server.status = 413
        client.annotate("y")
        self.assertTrue(client.flush())
        self.assertEqual((client.rejected, client.dropped), (2, 0))

    def test_bad_settings_say_what_to_change(self):
        for options in ({"url": "localhost:8790"}, {"capability": "tpu"}, {"capacity": 0}):
            with self.assertRaises(ValueError):
                forewatch.Client(**options)
        with self.assertRaisesRegex(ValueError, "name of a task"), self.client().run():
            pass


if __name__ == "__main__":
    unittest.main()
