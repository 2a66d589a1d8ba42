// The one live region: what is said to people who listen to the page, at most once in five seconds.

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

  #speak() {
    const texts = this.#waiting.slice(0, MOST)
    const others = this.#waiting.length - texts.length
    if (others) texts.push(others === 1 ? 'Und noch eine Neuigkeit.' : `Und ${others} weitere Neuigkeiten.`)
    this.#region.textContent = texts.join(' ')
    this.#waiting = []
    this.#timer = null
    this.#last = performance.now()
  }
}
