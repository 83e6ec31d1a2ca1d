"""Sends a chain of tasks that take as many seconds each as the argument, a JSON list, says; prints their ids in order."""

import json
import sys

from celery import chain
from tasks import slow

ids = []
result = chain(*(slow.si(seconds).set(queue="cpu_standard") for seconds in json.loads(sys.argv[1])))()
while result:
    ids.insert(0, result.id)
    result = result.parent
print(json.dumps(ids))
