// Where a replica names assets, and what is there of them: `url(saath:7)` in a style becomes the
// address of a blob when number 7 has come, and nothing until then. What has come is put in place
// once a frame.

const NUMBER = /url\(saath:(\d+)\)/g;
const NOTHING = "url(data:,)";

export class Assets {
  constructor() {
    // For each number `{ url, width, height, type }`, or `null` for what cannot be had.
    this.known = new Map();
    this.expected = new Map();
    this.reset();
  }

  // `place(node)` puts everything anew that a node shows, `placed` comes after all of them.
  start(place, placed) {
    this.place = place;
    this.placed = placed;
  }

  // A document begins: nothing is named in it yet. What is known of the numbers stays.
  reset() {
    this.users = new Map();
    this.numbers = new WeakMap();
    this.changed = new Set();
  }

  // What has this number: undefined while it is not here.
  get(number) {
    return this.known.get(number);
  }

  // A number is what is promised, from when it is there on; `null` if it cannot be had. The last
  // promise counts.
  async expect(number, promise) {
    this.expected.set(number, promise);
    const asset = await promise;
    if (this.expected.get(number) !== promise) return;
    this.known.set(number, asset ?? null);
    this.changed.add(number);
    this.timer ??= setTimeout(() => this.flush());
  }

  // Numbers mean something else from now on.
  forget() {
    this.known.clear();
    this.expected.clear();
  }

  // What a node shows names these numbers.
  use(node, number) {
    let users = this.users.get(number);
    if (!users) this.users.set(number, users = new Set());
    users.add(node);
    let numbers = this.numbers.get(node);
    if (!numbers) this.numbers.set(node, numbers = new Set());
    numbers.add(number);
  }

  // A node is gone.
  drop(node) {
    for (const number of this.numbers.get(node) ?? []) this.users.get(number)?.delete(node);
  }

  // A style with the addresses of what is here.
  style(node, text) {
    if (!text.includes("saath:")) return text;
    return text.replace(NUMBER, (_, digits) => {
      const number = Number(digits);
      this.use(node, number);
      const asset = this.known.get(number);
      return asset ? `url(${asset.url})` : NOTHING;
    });
  }

  flush() {
    this.timer = undefined;
    const nodes = new Set();
    for (const number of this.changed) for (const node of this.users.get(number) ?? []) nodes.add(node);
    this.changed.clear();
    for (const node of nodes) this.place(node);
    this.placed();
  }
}
