// The updates of the subscription that ran last: each with its number and time, the newest in front.
// How many are remembered, and how many characters of them.
const MOST = 200
const LONGEST = 1_000_000

export class Updates {
  #kept = []
  #total = 0
  #size = 0
  #listeners = new Set()

  subscribe = (listener) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What is remembered, as `{ number, time, text }`. */
  current = () => this.#kept

  /** A new operation begins: forget those of the last one. */
  begin() {
    if (!this.#total) return
    this.#kept = []
    this.#total = this.#size = 0
    this.#tell()
  }

  add(answer) {
    const text = JSON.stringify(answer, null, 2)
    this.#kept = [{ number: (this.#total += 1), time: new Date(), text }, ...this.#kept]
    this.#size += text.length
    while (this.#kept.length > MOST || (this.#size > LONGEST && this.#kept.length > 1)) {
      this.#size -= this.#kept.at(-1).text.length
      this.#kept.pop()
    }
    this.#tell()
  }

  #tell() {
    this.#listeners.forEach((listener) => listener())
  }
}
