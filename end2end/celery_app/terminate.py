"""Ends the running tasks whose ids are in the argument, a JSON list, as an operator would."""

import json
import sys

from tasks import app

app.control.revoke(json.loads(sys.argv[1]), terminate=True)
print("true")
