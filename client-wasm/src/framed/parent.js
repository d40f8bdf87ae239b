// The page around a frame, from within: it is knocked at, at each exact origin that may be there, and
// hands over a port.

const VERSION = 1;

export class Parent {
  // `heard(bytes)` hears what the page says, undefined when it begins anew with another port.
  // `farewell` is the last that the page hears.
  constructor(origins, farewell, heard) {
    Object.assign(this, { origins, farewell, heard });
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
    for (const origin of this.around()) this.knock(origin);
  }

  // Where the browser tells who is around, nobody else need be asked.
  around() {
    const own = window.location.ancestorOrigins?.[0];
    return own === undefined ? this.origins : this.origins.filter((origin) => origin === own);
  }

  knock(origin) {
    const loaded = document.readyState === "complete";
    window.parent.postMessage({ saath: "knock", version: VERSION, loaded }, origin);
  }

  message({ data, origin, source, ports }) {
    if (source !== window.parent || data?.version !== VERSION || !this.origins.includes(origin)) return;
    if (data.saath === "call") this.knock(origin);
    if (data.saath !== "port" || ports.length !== 1) return;
    this.close();
    this.heard(undefined);
    const [port] = ports;
    this.port = port;
    port.onmessage = ({ data }) => {
      if (this.port === port && data instanceof ArrayBuffer) this.heard(new Uint8Array(data));
    };
    port.addEventListener("close", () => this.port === port && this.heard(undefined));
  }

  send(bytes) {
    this.port?.postMessage(bytes.slice().buffer);
  }

  close() {
    this.port?.close();
    this.port = undefined;
  }

  leave() {
    this.send(this.farewell);
    this.close();
    this.heard(undefined);
  }

  stop() {
    this.abort.abort();
    this.send(this.farewell);
    this.close();
  }
}
