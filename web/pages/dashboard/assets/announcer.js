// The one live region: what is said to people who listen to the page, at most once in five seconds.

import { ngettext } from './texts.js'

const PAUSE = 5_000
const MOST = 3

export class Announcer {
  #region
  #waiting = []
  #last = -Infinity
  #timer = null

  constructor(region) {
    this.#region = region
  }

  /** Say this, together with what else comes up until it may be said. */
  say(text) {
    this.#waiting.push(text)
    this.#timer ??= setTimeout(() => this.#speak(), Math.max(0, this.#last + PAUSE - performance.now()))
  }

  /** Whether nothing waits to be said, and what was said last has been heard. */
  get quiet() {
    return this.#timer === null && performance.now() - this.#last > 2 * PAUSE
  }

  #speak() {
    const texts = this.#waiting.slice(0, MOST)
    const others = this.#waiting.length - texts.length
    if (others) texts.push(ngettext('And one more piece of news.', 'And {count} more pieces of news.', others))
    this.#region.textContent = texts.join(' ')
    this.#waiting = []
    this.#timer = null
    this.#last = performance.now()
  }
}
