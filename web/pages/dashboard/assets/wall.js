// The wall: places side by side, each of which shows its parts in turn, page by page. Nothing scrolls.

const TURN = 13_000 // so long a page is shown
const RUN = 4 // so many pages of one part follow each other; then others have their turn
const WIDE = 36 // rem: a place is about so wide, and at least so high as
const HIGH = 26

/** Which parts share a place, by how many places there are. */
const SHARED = {
  1: [['seek', 'provide', 'events', 'news', 'topics', 'history']],
  2: [['seek', 'provide'], ['events', 'news', 'topics', 'history']],
  3: [['seek'], ['provide'], ['events', 'news', 'topics', 'history']],
  4: [['seek'], ['provide'], ['events', 'topics'], ['news', 'history']],
  5: [['seek'], ['provide'], ['events'], ['news'], ['topics', 'history']],
  6: [['seek'], ['provide'], ['events'], ['news'], ['topics'], ['history']],
}

/** A place on the wall: shows one of its parts, and one page of it. */
class Place {
  #parts
  #shown = null
  #page = 0
  #run = 0
  #begun

  constructor(parts, begun) {
    this.#parts = parts
    this.#begun = begun
    this.#show(parts.find((part) => part.worth) ?? parts[0], 0)
  }

  /** Go on, where it is time. */
  tick() {
    if (performance.now() - this.#begun >= TURN) this.step(1)
    else if (!this.#shown.worth && this.#parts.some((part) => part.worth)) this.step(1)
  }

  /** The next page, of the next part where this one has had its turn; or the one before. */
  step(by) {
    const page = this.#page + by
    if (page >= 0 && page < this.#shown.pages && this.#run < RUN) return this.#show(this.#shown, page)
    const worth = this.#parts.filter((part) => part.worth || part === this.#shown)
    const next = worth[(worth.indexOf(this.#shown) + by + worth.length) % worth.length]
    // A part that had to give way goes on where it was.
    const rest = by > 0 && next === this.#shown ? page : by > 0 ? next.page + 1 : next.pages - 1
    this.#show(next, rest < next.pages && rest >= 0 ? rest : 0)
    this.#run = 1
  }

  /** Show this part from its beginning: something has just come. */
  front(part) {
    if (this.#parts.includes(part)) this.#show(part, 0)
  }

  #show(part, page) {
    this.#run = part === this.#shown ? this.#run + 1 : 1
    this.#shown = part
    this.#page = page
    this.#begun = performance.now()
    for (const one of this.#parts) one.section.classList.toggle('waiting', one !== part)
    part.turn(page)
  }
}

export class Wall {
  #parts
  #places = []
  #layout = ''
  #paused = false

  /** `parts`: by name, each with `section`, `pages`, `page`, `turn(page)`, and `worth`: whether there is something to see. */
  constructor(parts) {
    this.#parts = parts
    const main = document.querySelector('.parts')
    new ResizeObserver(() => this.#arrange(main)).observe(main)
    new MutationObserver(() => this.#arrange(main)).observe(document.documentElement, { attributeFilter: ['data-view'] })
    setInterval(() => this.#paused || this.#places.forEach((place) => place.tick()), 1_000)
    addEventListener('keydown', (event) => this.#key(event))
    document.getElementById('pause').addEventListener('click', () => this.#pause())
  }

  /** Show this part now: something has just come. */
  front(name) {
    if (!this.#paused) for (const place of this.#places) place.front(this.#parts[name])
  }

  #arrange(main) {
    const root = document.documentElement
    const isWall = root.dataset.view === 'wall'
    const rem = parseFloat(getComputedStyle(root).fontSize)
    const across = Number(root.dataset.columns) || Math.max(1, Math.min(4, Math.round(main.clientWidth / rem / WIDE)))
    const down = Math.max(1, Math.min(2, Math.floor(main.clientHeight / rem / HIGH)))
    const [columns, rows] = isWall ? [across, across * down > 6 ? 1 : down] : [0, 0]
    if (this.#layout === `${columns} ${rows}`) return
    this.#layout = `${columns} ${rows}`
    root.style.setProperty('--columns', columns)
    root.style.setProperty('--rows', rows)
    for (const { section } of Object.values(this.#parts)) section.classList.remove('waiting')
    this.#places = isWall ? SHARED[columns * rows].map((names, place, all) => this.#place(names, place, all, columns)) : []
  }

  #place(names, place, all, columns) {
    const parts = names.map((name) => this.#parts[name]).filter(({ section }) => !section.hidden)
    for (const { section } of parts) {
      section.style.setProperty('--column', (place % columns) + 1)
      section.style.setProperty('--row', Math.floor(place / columns) + 1)
    }
    // Not all change at once: who reads one isn't disturbed by the others.
    return new Place(parts, performance.now() - (TURN * place) / all.length)
  }

  #key(event) {
    if (event.target !== document.body || event.ctrlKey || event.altKey || event.metaKey) return
    if (event.key === ' ') this.#pause()
    else if (event.key === 'ArrowRight') for (const place of this.#places) place.step(1)
    else if (event.key === 'ArrowLeft') for (const place of this.#places) place.step(-1)
    else return
    event.preventDefault()
  }

  #pause() {
    this.#paused = !this.#paused
    document.getElementById('pause').setAttribute('aria-pressed', this.#paused)
  }
}
