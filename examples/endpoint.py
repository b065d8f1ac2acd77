"""A model behind a server, audited by its answers: python examples/endpoint.py OUT

A ridge regression on made-up measures stands for a stranger's model, and a server on this machine for theirs. What is
sent of a row and what is read of an answer are the two functions; the command that is printed and run names them:

    remembrain audit OUT/people.csv OUT/run --endpoint http://127.0.0.1:PORT/ --request examples/endpoint.py:to_request
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

PEOPLE, MEASURES = 300, 120


def to_request(row: dict[str, Any]) -> dict[str, Any]:
    """Return what is sent of a row; of an image it is ``{"files": {"file": path}}``."""
    return {
        "json": {"measures": [value for name, value in row.items() if name.startswith("region_")]},
        "headers": {"Authorization": f"Bearer {os.environ.get('THEIR_TOKEN', '')}"},
    }


def from_response(response: Any) -> float:
    """Return the number that an answer holds."""
    return float(response.json()["brain_age"]["years"])


def serve(model: Ridge) -> ThreadingHTTPServer:
    """Return a server that answers as a model, and counts requests; it goes with the process."""

    class Theirs(BaseHTTPRequestHandler):
        asked = 0

        def do_POST(self) -> None:
            Theirs.asked += 1
            measures = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["measures"]
            answer = json.dumps({"version": 3, "brain_age": {"years": float(model.predict([measures])[0])}}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Theirs)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main(out: Path) -> int:
    """Make people, train on half of them, serve the model, and audit it; return how many requests that took."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    age = rng.uniform(45, 85, PEOPLE)
    measures = rng.normal(size=(PEOPLE, MEASURES)) - 0.02 * (age[:, None] - 65)
    member = np.arange(PEOPLE) % 2
    table = pd.DataFrame(measures, columns=[f"region_{place:03d}" for place in range(MEASURES)])
    table.insert(0, "participant_id", [f"sub-{place:04d}" for place in range(PEOPLE)])
    table["age"], table["member"] = age, member
    table.to_csv(out / "people.csv", index=False)
    server = serve(Ridge(0.1).fit(measures[member == 1], age[member == 1]))
    words = ["audit", str(out / "people.csv"), str(out / "run")]
    words += ["--endpoint", f"http://127.0.0.1:{server.server_port}/", "--request", f"{Path(__file__)}:to_request"]
    print(shlex.join(["remembrain", *words]), flush=True)
    try:
        subprocess.run([sys.executable, "-m", "remembrain.cli", *words, "--max-queries", str(PEOPLE)], check=True)
    finally:
        server.shutdown()
        server.server_close()
    return int(server.RequestHandlerClass.asked)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
