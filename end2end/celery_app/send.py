"""Sends the tasks named in the argument, a JSON list of [name, args, queue, options]; prints their ids."""

import json
import sys

import tasks

ids = [
    getattr(tasks, name).apply_async(args=args, queue=queue, **dict(*options)).id
    for name, args, queue, *options in json.loads(sys.argv[1])
]
print(json.dumps(ids))
