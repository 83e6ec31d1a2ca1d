"""Sends tasks of every kind, about as many as the argument says; prints the ids of each kind."""

import json
import sys

from celery import chain, chord, group
from tasks import app, failing, quick, retrying, total

QUEUES = ["gpu_priority", "cpu_standard"]
BLOCK = 21
ids = {kind: [] for kind in ("success", "failure", "retry", "eta", "expired", "revoked", "chain", "group", "chord")}


def members(result):
    """The ids of all tasks that a canvas became."""
    found = [] if result.children and hasattr(result, "join") else [result.id]
    for child in getattr(result, "results", None) or []:
        found += members(child)
    return found + (members(result.parent) if result.parent else [])


for block in range(int(sys.argv[1]) // BLOCK):
    queue = QUEUES[block % 2]
    step = quick.s(block).set(queue=queue)
    ids["success"] += [quick.apply_async([n], queue=queue).id for n in range(6)]
    ids["failure"] += [failing.apply_async([f"no {n}"], queue=queue).id for n in range(2)]
    ids["retry"] += [retrying.apply_async(queue=queue).id for _ in range(2)]
    ids["eta"] += [quick.apply_async([n], queue=queue, countdown=1 + n).id for n in range(2)]
    ids["expired"].append(quick.apply_async([0], queue=queue, countdown=2, expires=1).id)
    called_off = quick.apply_async([0], queue=queue, countdown=5).id
    app.control.revoke(called_off)
    ids["revoked"].append(called_off)
    ids["chain"] += members(chain(step, quick.s().set(queue=queue))())
    ids["group"] += members(group(step, step)())
    ids["chord"] += members(chord([step, step])(total.s().set(queue=queue)))

print(json.dumps(ids))
