// The pages around a frame, from within: they are knocked at, at each exact origin that may be there,
// and each client on them hands over a port of its own.

const VERSION = 1;
// Ports at a time. A page that holds more has lost the first.
const MOST = 4;

// The windows that this one is in, the nearest first: what is between it and a page of the list may be
// a frame of that page's own.
function around() {
  const found = [];
  for (let win = window; win !== win.parent;) found.push(win = win.parent);
  return found;
}

export class Parents {
  // `came(port)` hears of a client that asks; `farewell` is the last that each hears.
  constructor(origins, farewell, came) {
    Object.assign(this, { origins, farewell, came });
    this.ports = new Set();
    this.abort = new AbortController();
    const { signal } = this.abort;
    if (window.parent === window) return;
    window.addEventListener("message", (event) => this.message(event), { signal });
    window.addEventListener("pagehide", () => this.leave(), { signal });
    // Back from where browsers keep pages that one may go back to.
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.begin(), { signal });
    this.begin();
  }

  begin() {
    around().forEach((win, depth) => {
      // Where the browser tells who is around, nobody else need be asked.
      const there = window.location.ancestorOrigins?.[depth];
      for (const origin of this.origins) if ((there ?? origin) === origin) this.knock(win, origin);
    });
  }

  // `call` is whose call is answered; without one all are told.
  knock(win, origin, call) {
    const loaded = document.readyState === "complete";
    win.postMessage({ saath: "knock", version: VERSION, loaded, call }, origin);
  }

  message({ data, origin, source, ports }) {
    if (data?.version !== VERSION || !this.origins.includes(origin) || !around().includes(source)) return;
    if (data.saath === "call") this.knock(source, origin, data.call);
    if (data.saath !== "port" || ports.length !== 1) return;
    if (this.ports.size >= MOST) for (const port of this.ports) {
      port.leave();
      break;
    }
    this.came(new Port(ports[0], this));
  }

  leave() {
    for (const port of this.ports) port.leave();
  }

  stop() {
    this.abort.abort();
    this.leave();
  }
}

export class Port {
  constructor(port, parents) {
    Object.assign(this, { port, parents });
    parents.ports.add(this);
  }

  // `heard(bytes)` hears what the page says, undefined when it is over. What it has said waits.
  listen(heard) {
    if (!this.port) return heard(undefined);
    this.heard = heard;
    this.port.onmessage = ({ data }) => data instanceof ArrayBuffer && this.heard?.(new Uint8Array(data));
    this.port.addEventListener("close", () => this.heard?.(undefined));
  }

  send(bytes) {
    this.port?.postMessage(bytes.slice().buffer);
  }

  // Nothing is heard any more.
  close() {
    this.port?.close();
    this.port = this.heard = undefined;
    this.parents.ports.delete(this);
  }

  leave() {
    const { heard } = this;
    this.send(this.parents.farewell);
    this.close();
    heard?.(undefined);
  }
}
