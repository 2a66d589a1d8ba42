// The four lists: what an item looks like, and how many of them there is room for.

import { _, ngettext } from './texts.js'

const NEW_FOR = 60_000
const MOST = 20 // more are never drawn
const SCROLLING = 8 // where the page scrolls, so many are enough

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

/** Fills the screen without scrolling: as the style sheet says. */
const wall = matchMedia('(min-width: 1600px) and (min-height: 880px)')

export class List {
  #list
  #more
  #empty
  #items = []
  #total = 0
  #fresh = new Map()
  #notice = { loaded: false, stale: true, text: '' }

  /** `empty`: what it says when there is nothing, as far as is known now, and as was known last. */
  constructor(id, empty) {
    this.#list = document.getElementById(`${id}-list`)
    this.#more = this.#list.nextElementSibling
    this.#empty = empty
    new ResizeObserver(() => this.#fit()).observe(this.#list.parentElement)
    wall.addEventListener('change', () => this.#fit())
  }

  /** Whether something is marked as new. */
  get fresh() {
    return this.#fresh.size > 0
  }

  /** Mark an item as new for a minute. */
  mark(key) {
    clearTimeout(this.#fresh.get(key))
    this.#fresh.set(key, setTimeout(() => {
      this.#fresh.delete(key)
      this.#draw()
    }, NEW_FOR))
  }

  /** Show these, each with a key, a title and lines below it, out of so many in all (null: nobody knows). */
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

  #draw() {
    this.#list.replaceChildren(...this.#items.slice(0, MOST).map((item) => this.#drawn(item)))
    this.#fit()
  }

  #drawn({ key, title, lines }) {
    const item = document.createElement('li')
    const heading = element('p', 'title', title)
    if (this.#fresh.has(key)) {
      item.className = 'fresh'
      heading.prepend(element('strong', 'new', _('New')), ' ')
    }
    item.append(heading, ...lines.filter(Boolean).map((line) => element('p', 'line', line)))
    return item
  }

  #fit() {
    const drawn = [...this.#list.children]
    for (const item of drawn) item.hidden = false
    // The line below is there while it is measured, so that it finds its place in any case.
    this.#more.textContent = this.#below(this.#total === null ? 0 : this.#total)
    const bottom = this.#list.getBoundingClientRect().bottom + 1
    const last = wall.matches
      ? drawn.findIndex((item, place) => place > 0 && item.getBoundingClientRect().bottom > bottom)
      : SCROLLING
    const shown = last < 0 ? drawn.length : Math.min(last, drawn.length)
    for (const item of drawn.slice(shown)) item.hidden = true
    this.#more.textContent = this.#below(this.#total === null ? 0 : this.#total - shown)
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

export function element(name, kind, text) {
  const made = document.createElement(name)
  made.className = kind
  made.textContent = text
  return made
}

/** An entry of the board. */
export function entryItem({ id, title, category, owner, group, district }) {
  const who = owner?.name ?? group?.name
  return { key: id, title, lines: [[who, district?.name].filter(Boolean).join(' · ') || CATEGORIES[category]] }
}

/** An event, with its seats. */
export function eventItem({ id, title, status, startsAt, timeZone, venue, ...seats }) {
  const options = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone }
  const time = new Intl.DateTimeFormat('de-DE', options).format(new Date(startsAt))
  const begins = together(_('{time} o’clock', { time }))
  const lines = [[begins, venue?.name].filter(Boolean).join(' · '), status === 'CANCELLED' ? _('Cancelled') : seatsLeft(seats)]
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
  const options = { day: 'numeric', month: 'short', timeZone: 'Europe/Berlin' }
  return { key, title, lines: [`${together(new Intl.DateTimeFormat('de-DE', options).format(new Date(at)))} · ${group}`] }
}
