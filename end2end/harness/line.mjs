// A line to a server that can be cut and mended, while the server itself goes on.

import { connect, createServer } from "node:net";

export class Line {
  /** A line to the server at this address. */
  static async to(url) {
    const line = new Line();
    const { hostname, port } = new URL(url);
    line.sockets = new Set();
    line.ends = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [one, other] of [[near, far], [far, near]]) {
        line.sockets.add(one);
        one.on("error", () => other.destroy()).on("close", () => other.destroy());
        one.pipe(other);
      }
    });
    line.port = 0;
    await line.mend();
    line.port = line.ends.address().port;
    line.url = `http://127.0.0.1:${line.port}`;
    return line;
  }

  mend() {
    return new Promise((resolve) => this.ends.listen(this.port, "127.0.0.1", resolve));
  }

  /** Whatever is on its way is lost, and nothing gets through. */
  cut() {
    const closed = new Promise((resolve) => this.ends.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    return closed;
  }
}
