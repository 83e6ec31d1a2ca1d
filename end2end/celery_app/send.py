"""Sends the tasks named in the argument, a JSON list of [name, args, queue]; prints their ids."""

import json
import sys

import tasks

ids = [
    getattr(tasks, name).apply_async(args=args, queue=queue).id
    for name, args, queue in json.loads(sys.argv[1])
]
print(json.dumps(ids))
