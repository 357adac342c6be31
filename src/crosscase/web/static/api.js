// Talking to the server.  Changes go one after the other; when the connection is lost those that can be asked for twice
// wait in this tab, the page says so, and they are sent when it is back.

const token = document.querySelector('meta[name="crosscase-token"]').content;
const base = document.querySelector('meta[name="crosscase-base"]')?.content ?? "";

// A page that shows one source is told what changed in that one; others may code elsewhere all the time.
const shown = document.getElementById("text")?.dataset.source;

/** Where a page of the study stands: on a server under the study's own address. */
export const at = (path) => base + path;

// Milliseconds until it is tried again: soon at first, then every few seconds.
const soon = (tries) => Math.min(250 * 2 ** (tries - 1), 4000);

/** What the server refused: its status and what, where, mend, and for a conflict mine and theirs. */
export class Refused extends Error {
  constructor(status, body) {
    super(body.what ?? `the server answers ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** Ask once; Refused for an error of the server, TypeError when it cannot be reached. */
export async function ask(method, url, body) {
  const headers = { "x-crosscase-token": token };
  if (shown) headers["x-crosscase-source"] = encodeURIComponent(shown);
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await fetch(at(url), { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, read);
  return read;
}

/** A line of changes on their way. */
export class Outbox {
  #waiting = [];
  #busy = false;
  #key;
  #onState;

  /** `onState(number, trouble)` is told how many changes wait and, in words, why. */
  constructor(key, onState) {
    this.#key = `crosscase-waiting-${key}`;
    this.#onState = onState;
    window.addEventListener("beforeunload", (event) => {
      if (this.#waiting.length) event.preventDefault();
    });
    window.addEventListener("online", () => this.#work());
  }

  /** How many changes wait. */
  get waiting() {
    return this.#waiting.length;
  }

  /** Changes that an earlier page of this tab could not send; `done` is called with each answer. */
  resume(done) {
    for (const one of JSON.parse(sessionStorage.getItem(this.#key) ?? "[]")) this.send({ ...one }).then(done, () => {});
  }

  /** Send a change; `body` may be a function, called when its turn comes.  The promise keeps until there is an answer. */
  send({ method, url, body, what }) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ method, url, body, what, resolve, reject, tries: 0 });
      this.#work();
    });
  }

  async #work() {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#waiting.length) {
      const one = this.#waiting[0];
      try {
        one.tries += 1;
        const answer = await ask(one.method, one.url, typeof one.body === "function" ? one.body() : one.body);
        this.#waiting.shift();
        one.resolve(answer);
      } catch (error) {
        const signedOut = error instanceof Refused && [401, 403].includes(error.status);
        const wait = !(error instanceof Refused) || signedOut || error.status === 503;
        if (!wait) {
          this.#waiting.shift();
          one.reject(error);
          continue;
        }
        this.#keep();
        this.#onState(this.#waiting, signedOut
          ? "This tab is not signed in any more: the program was started again. Open its new link in another tab, then load this page again."
          : error instanceof Refused ? error.message : "The connection to the program is lost.");
        setTimeout(() => { this.#busy = false; this.#work(); }, soon(one.tries));
        return;
      }
    }
    this.#busy = false;
    this.#keep();
    this.#onState(this.#waiting, "");
  }

  #keep() {
    const plain = this.#waiting.map(({ method, url, body, what }) => ({ method, url, what, body: typeof body === "function" ? body() : body }));
    if (plain.length) sessionStorage.setItem(this.#key, JSON.stringify(plain));
    else sessionStorage.removeItem(this.#key);
  }
}

/** An id that a change can be asked for with twice. */
export function newId() {
  return crypto.randomUUID().replaceAll("-", "");
}
