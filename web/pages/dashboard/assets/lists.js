// The four lists: what an item looks like, and which of them are shown: some on a page, page by page on a wall.

import { paged } from './pages.js'
import { age } from './stand.js'
import { _, locale, ngettext, number } from './texts.js'

const NEW_FOR = 10 * 60_000
const JUST = 60_000 // so long after something came nobody is disturbed
const PINNED = 2 // so many new ones stay in front of every page
const SCROLLING = 8 // where the page scrolls, so many are enough
const DOTS = 8 // more pages than that are counted instead

export const CATEGORIES = {
  HELPING_HANDS: _('Helping hands'),
  EXPERTISE: _('Expertise'),
  TRAINING: _('Training'),
  ROOM: _('Rooms'),
  MATERIAL: _('Materials'),
  FUNDING: _('Funding'),
  COOPERATION: _('Cooperation'),
  OTHER: _('Other things'),
}

const DOT = '\u00a0· ' // no line begins with it

const isWall = () => document.documentElement.dataset.view === 'wall'

export class List {
  section
  page = 0
  #list
  #more
  #count
  #sign
  #empty
  #items = []
  #total = null
  #fresh = new Map() // since when each is marked as new
  #pages = [[0, 0]]
  #pinned = 0
  #notice = { loaded: false, stale: true, text: '' }

  /** `empty`: what it says when there is nothing, as far as is known now, and as was known last. */
  constructor(id, empty) {
    this.#list = document.getElementById(`${id}-list`)
    this.section = this.#list.parentElement
    this.#more = this.#list.nextElementSibling
    this.#count = this.section.querySelector('.count')
    this.#sign = this.section.querySelector('.pages')
    this.#empty = empty
    new ResizeObserver(() => this.#fit()).observe(this.section)
    document.fonts?.ready.then(() => this.#fit())
  }

  /** Whether something has come just now. */
  get fresh() {
    return [...this.#fresh.values()].some((since) => performance.now() - since < JUST)
  }

  /** How many pages it has on a wall. */
  get pages() {
    return this.#pages.length
  }

  /** Whether there is something to see, or to wait for. */
  get worth() {
    return this.#items.length > 0
  }

  /** Mark an item as new: for ten minutes it stays in front. */
  mark(key) {
    const since = performance.now()
    this.#fresh.set(key, since)
    setTimeout(() => {
      if (this.#fresh.get(key) !== since) return
      this.#fresh.delete(key)
      this.#draw()
    }, NEW_FOR)
  }

  /** Show these, each with a key, a title, what stands below it and since when it is there; of so many in all (null: nobody knows). */
  show(items, total = null) {
    this.#items = items
    this.#total = total
    this.#draw()
  }

  /** Say this about the list itself. */
  say(notice) {
    const { loaded, stale, text } = this.#notice
    if (notice.loaded === loaded && notice.stale === stale && notice.text === text) return
    this.#notice = notice
    this.#fit()
  }

  /** Say how old everything is by now. */
  grow(now) {
    for (const one of this.#list.querySelectorAll('time.age')) say(one, age(Date.parse(one.dateTime), now))
  }

  /** Show this page of the wall. */
  turn(page) {
    this.page = page
    this.#reveal()
  }

  #draw() {
    const isNew = ({ key }) => this.#fresh.has(key)
    const first = this.#items.filter(isNew)
    this.#pinned = Math.min(PINNED, first.length)
    const items = [...first, ...this.#items.filter((item) => !isNew(item))]
    this.#list.replaceChildren(...items.map((item) => this.#drawn(item)))
    this.#fit()
  }

  #drawn({ key, title, lines, at }) {
    const item = document.createElement('li')
    const heading = element('p', 'title', title)
    if (this.#fresh.has(key)) {
      item.className = 'fresh'
      heading.prepend(element('strong', 'new', _('New')), ' ')
    }
    item.append(heading, ...lines.filter(Boolean).map((line) => element('p', 'line', line)))
    if (at) {
      const below = lines[0] ? item.children[1] : item.appendChild(element('p', 'line', ''))
      const since = element('time', 'age', age(Date.parse(at), Date.now()))
      since.dateTime = at
      below.classList.add('dated')
      below.replaceChildren(element('span', 'who', below.textContent), ' ', since)
    }
    return item
  }

  #fit() {
    const drawn = [...this.#list.children]
    if (isWall() && drawn.length) {
      // The line below is there while it is measured, so that it finds its place in any case.
      this.#more.textContent = this.#below(this.#others(drawn.length))
      this.#list.classList.add('measured')
      for (const item of drawn) item.hidden = false
      const heights = drawn.map((item) => item.getBoundingClientRect().height)
      const room = this.#list.clientHeight
      this.#list.classList.remove('measured')
      const pinned = heights.slice(0, this.#pinned).reduce((sum, height) => sum + height, 0)
      this.#pages = paged(heights.slice(this.#pinned), room - pinned).map((page) => page.map((place) => place + this.#pinned))
    } else this.#pages = [[this.#pinned, Math.min(drawn.length, isWall() ? 0 : SCROLLING)]]
    this.#reveal()
  }

  #reveal() {
    const drawn = [...this.#list.children]
    this.page = Math.min(this.page, this.#pages.length - 1)
    const [from, to] = this.#pages[this.page]
    drawn.forEach((item, place) => (item.hidden = place >= this.#pinned && (place < from || place >= to)))
    say(this.#more, this.#below(this.#others(isWall() ? drawn.length : Math.max(to, this.#pinned))))
    say(this.#count, this.#notice.loaded && this.#total ? number(this.#total) : '')
    this.#signs()
  }

  /** The quiet sign of how many pages there are. */
  #signs() {
    const count = isWall() ? this.#pages.length : 1
    const text = count > DOTS ? `${this.page + 1}/${count}` : ''
    const dots = count > 1 && count <= DOTS ? count : 0
    if (this.#sign.children.length !== dots || !dots) {
      this.#sign.replaceChildren(text, ...Array.from({ length: dots }, () => document.createElement('i')))
    }
    for (const [place, dot] of [...this.#sign.children].entries()) dot.className = place === this.page ? 'here' : ''
  }

  #others(shown) {
    return this.#total === null ? 0 : this.#total - shown
  }

  /** The line below: that there is nothing, or how many others there are; and what is said about the list. */
  #below(others) {
    const { loaded, stale, text } = this.#notice
    if (!loaded) return text
    let first = others > 0 ? ngettext('and one more entry', 'and {count} more entries', others) : ''
    if (this.#items.length === 0) first = stale ? this.#empty.last : this.#empty.now
    return [first, text].filter(Boolean).join(' · ')
  }
}

function say(place, text) {
  if (place.textContent !== text) place.textContent = text
}

export function element(name, kind, text) {
  const made = document.createElement(name)
  made.className = kind
  made.textContent = text
  return made
}

/** An entry of the board. */
export function entryItem({ id, title, category, owner, group, district, publishedAt }) {
  const who = owner?.name ?? group?.name
  return {
    key: id,
    title,
    lines: [[who, district?.name].filter(Boolean).join(DOT) || CATEGORIES[category]],
    at: publishedAt,
  }
}

/** An event, with its seats. */
export function eventItem({ id, title, status, startsAt, timeZone, venue, ...seats }) {
  const options = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone }
  const time = new Intl.DateTimeFormat(locale, options).format(new Date(startsAt))
  const begins = together(_('{time}', { time }))
  const lines = [[begins, venue?.name].filter(Boolean).join(DOT), status === 'CANCELLED' ? _('Cancelled') : seatsLeft(seats)]
  return { key: id, title, lines }
}

export function seatsLeft({ capacity, remainingSeats, waitlistedCount }) {
  if (capacity === null) return _('Seats without limit')
  if (remainingSeats > 0) return ngettext('{count} seat left', '{count} seats left', remainingSeats)
  if (!waitlistedCount) return _('Fully booked')
  return ngettext('Fully booked, one registration waits', 'Fully booked, {count} registrations wait', waitlistedCount)
}

/** Without places where a line may break. */
const together = (text) => text.replaceAll(' ', '\u00a0')

/** News of a group. */
export function newsItem({ key, title, group, at }) {
  return { key, title, lines: [group], at }
}
