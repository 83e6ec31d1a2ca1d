"""Says of the tasks whose ids are on standard input, a JSON list, in which state the result backend has them."""

import json
import sys

from tasks import app

print(json.dumps({id: app.AsyncResult(id).state for id in json.load(sys.stdin)}))
