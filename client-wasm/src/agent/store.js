// What has come of pictures and fonts, by hash: blobs for as long as the replica lives, and a copy in
// the console's own storage for the next session, bounded. Storage that fails is no cache, and
// nothing else.

const NAME = "saath-assets";
// A new one for each change of what is checked in an asset before it is kept.
const VERSION = 2;
// Of the copies, in bytes; what was not used for the longest time goes first.
const ROOM = 64 << 20;

export class Store {
  // `keeps`: whether there are copies at all.
  constructor(keeps) {
    // For each hash a promise of `{ url, width, height, type }`, or of null.
    this.assets = new Map();
    this.keeps = keeps;
  }

  // The size of a copy; 0 if there is none.
  async look(hash) {
    const key = keyOf(hash);
    try {
      const { blobs, uses } = await this.tables();
      const blob = await answer(blobs.get(key));
      if (!blob) return 0;
      uses.put({ key, size: blob.size, used: Date.now() });
      this.assets.set(key, present(blob));
      return blob.size;
    } catch {
      return 0;
    }
  }

  // A checked asset.
  put(hash, type, bytes, keep) {
    const key = keyOf(hash);
    const blob = new Blob([bytes], { type });
    this.assets.set(key, present(blob));
    if (keep && this.keeps) this.copy(key, blob).catch(() => {});
  }

  get(hash) {
    return this.assets.get(keyOf(hash));
  }

  release(hash) {
    const key = keyOf(hash);
    revoke(this.assets.get(key));
    this.assets.delete(key);
  }

  close() {
    for (const asset of this.assets.values()) revoke(asset);
    this.assets.clear();
    this.opened?.then((db) => db.close(), () => {});
  }

  // The copy, its entry and what has to go for it, all of it or nothing: a copy without an entry
  // would never go.
  async copy(key, blob) {
    const { blobs, uses } = await this.tables();
    blobs.put(blob, key);
    uses.put({ key, size: blob.size, used: Date.now() });
    const oldest = await answer(uses.index("used").getAll());
    let size = oldest.reduce((sum, use) => sum + use.size, 0);
    for (const use of oldest) {
      if (size <= ROOM) break;
      size -= use.size;
      blobs.delete(use.key);
      uses.delete(use.key);
    }
  }

  async tables() {
    if (!this.keeps) throw new Error("nothing is kept");
    return tablesOf(await (this.opened ??= open()));
  }
}

// Deletes all copies.
export async function forget() {
  const db = await open();
  const tables = tablesOf(db);
  const cleared = Object.values(tables).map((table) => answer(table.clear()));
  await Promise.all(cleared);
  db.close();
}

// The copies, and when each was last used.
function tablesOf(db) {
  const doing = db.transaction(["blobs", "uses"], "readwrite");
  return { blobs: doing.objectStore("blobs"), uses: doing.objectStore("uses") };
}

function open() {
  const opening = indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => {
    const db = opening.result;
    for (const name of Array.from(db.objectStoreNames)) db.deleteObjectStore(name);
    db.createObjectStore("blobs");
    db.createObjectStore("uses", { keyPath: "key" }).createIndex("used", "used");
  };
  return answer(opening);
}

function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}

// Decoded once here: the frame then has it at once, and how large it is is known.
async function present(blob) {
  const { type } = blob;
  // Whether its parts may stand in a document; see `core/src/assets/kind.rs`.
  const parts = type.endsWith(";parts=plain");
  const url = URL.createObjectURL(blob);
  if (type.startsWith("font/")) return { url, type };
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch {
    // Also where a drawing has no size of its own, in some engines.
    if (!type.startsWith("image/svg+xml")) {
      URL.revokeObjectURL(url);
      return null;
    }
  }
  return { url, type, parts, width: image.naturalWidth, height: image.naturalHeight };
}

async function revoke(asset) {
  const { url } = await asset ?? {};
  if (url) URL.revokeObjectURL(url);
}

const keyOf = (hash) => Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
