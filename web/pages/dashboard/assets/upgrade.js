// After an upgrade of the server the page is another one: it is opened anew, at a quiet moment.
//
// The page knows its build, and looks at times whether it would get another one now. Not all screens do so at once, and
// none reloads sooner than some minutes after it was opened: while servers are restarted one by one, builds take turns.

const YOUNGEST = 10 * 60_000 // so old a page is at least that reloads itself
const SOON = 5 * 60_000 // within this time after a connection was lost and came back
const REGULARLY = 60 * 60_000 // about so often in any case
const MOMENT = 5_000 // how often it is asked whether the moment is quiet

const buildOf = (page) => page.querySelector('meta[name="build"]')?.content

export class Upgrade {
  #quiet
  #due
  #looks = false

  /** `quiet` says whether nobody minds now. */
  constructor(quiet) {
    this.#quiet = quiet
    this.#due = later(REGULARLY)
    setInterval(() => this.#perhaps(), MOMENT)
  }

  /** The connection is back, perhaps to another build. Screens that were switched on together don't look together. */
  reconnected() {
    this.#due = Math.min(this.#due, Math.max(performance.now(), YOUNGEST) + Math.random() * SOON)
  }

  async #perhaps() {
    if (this.#looks || performance.now() < this.#due || !this.#quiet()) return
    this.#looks = true
    try {
      if (await isThere()) location.reload()
      this.#due = later(REGULARLY)
    } catch {
      this.#due = later(SOON) // the server, or a file of the page, isn't there: the page that is shown stays
    }
    this.#looks = false
  }
}

const later = (span) => performance.now() + span * (0.75 + Math.random() / 2)

/** Whether another build of the page is there, with all its files, which the browser then has. Throws where it isn't. */
async function isThere() {
  const text = await (await fetched(location.href, 'no-cache')).text()
  const page = new DOMParser().parseFromString(text, 'text/html')
  const build = buildOf(page)
  if (!build) throw new Error('This is not the page.')
  if (build === buildOf(document)) return false
  const files = [...page.querySelectorAll('link[href], script[src]')]
  await Promise.all(files.map((one) => fetched(one.getAttribute('href') ?? one.getAttribute('src'), 'default')))
  return true
}

async function fetched(address, cache) {
  const answer = await fetch(address, { cache, headers: { Accept: 'text/html, */*' } })
  if (!answer.ok) throw new Error(`${answer.status} for ${address}`)
  return answer
}
