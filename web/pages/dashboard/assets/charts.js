// Two charts, drawn by hand in the pixels that there are. Every label is measured before anything is given its place.

import { day } from './stand.js'
import { _, locale, shortNumber as number } from './texts.js'

const SVG = 'http://www.w3.org/2000/svg'
const LINES = 3 // of a name at most

function draw(parent, name, attributes, text) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  parent.append(made)
  return made
}

/** A chart in a box: drawn anew when there is something new, or when the box changes its size. */
class Chart {
  section
  page = 0
  pages = 1
  #box
  #data = null
  #missing = ''

  constructor(id) {
    this.#box = document.getElementById(id)
    this.section = this.#box.parentElement
    new ResizeObserver(() => this.#again()).observe(this.#box)
  }

  /** Show this; where there is nothing to draw, null, say why. */
  show(data, missing = '') {
    if (data === null && this.#data === null && missing === this.#missing) return
    this.#data = data
    this.#missing = missing
    this.#again()
  }

  /** Whether there is something to see. */
  get worth() {
    return this.#data !== null
  }

  /** On a wall it is a page like others. */
  turn() {}

  #again() {
    if (this.#data === null) {
      this.#box.textContent = this.#missing
      return
    }
    const { clientWidth: width, clientHeight: height } = this.#box
    const rem = parseFloat(getComputedStyle(this.#box).fontSize) // the height of its letters
    const svg = document.createElementNS(SVG, 'svg')
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    svg.setAttribute('width', width)
    svg.setAttribute('height', height)
    svg.setAttribute('role', 'img')
    this.#box.replaceChildren(svg)
    if (width && height) this.draw(svg, this.#data, { width, height, rem })
  }
}

/** How many entries there are of each topic: [{ name, seek, provide }], the most first. */
export class TopicsChart extends Chart {
  draw(svg, topics, { width, height, rem }) {
    const story = ({ name, seek, provide }) => _('{topic}: {seek} seeking, {provide} providing', { topic: name, ...counts({ seek, provide }) })
    svg.setAttribute('aria-label', topics.map(story).join('; '))
    const measure = ruler(svg)
    const most = Math.floor(height / (1.45 * rem))
    const numbers = (one) => `${number(one.seek)} + ${number(one.provide)}`
    // What is left of the width is shared by the names and the bars.
    const right = Math.max(...topics.slice(0, most).map((one) => measure(numbers(one)))) + 0.6 * rem
    const longest = Math.max(1.5 * rem, Math.min(0.5 * width, width - right - 4 * rem))
    const rows = fitting(topics.slice(0, Math.max(1, most)), height, rem, (name) => wrapped(name, longest, measure))
    const left = Math.max(...rows.flatMap((row) => row.lines.map(measure))) + 0.7 * rem
    const scale = Math.max(0, width - left - right) / Math.max(...rows.map(({ one }) => one.seek + one.provide), 1)
    for (const { one, lines, middle } of rows) {
      const baseline = (line) => middle + (line - (lines.length - 1) / 2) * 1.1 * rem + 0.35 * rem
      lines.forEach((text, line) => draw(svg, 'text', { x: 0.15 * rem, y: baseline(line) }, text))
      const bar = { y: middle - 0.45 * rem, height: 0.9 * rem }
      const gap = one.seek && one.provide ? 2 : 0
      draw(svg, 'rect', { class: 'seek', x: left, width: one.seek * scale, ...bar })
      const provide = { x: left + one.seek * scale + gap, width: Math.max(0, one.provide * scale - gap) }
      draw(svg, 'rect', { class: 'provide', ...provide, ...bar })
      draw(svg, 'text', { x: left + (one.seek + one.provide) * scale + 0.4 * rem, y: middle + 0.35 * rem }, numbers(one))
    }
  }
}

/** As many rows as there is room for: each as high as its name. */
function fitting(topics, height, rem, wrap) {
  const rows = []
  let top = 0
  for (const one of topics) {
    const lines = wrap(one.name)
    const high = (0.35 + 1.1 * lines.length) * rem
    if (rows.length && top + high > height) break
    rows.push({ one, lines, middle: top + high / 2 })
    top += high
  }
  // What is left of the height is shared, as far as rows still look like a list.
  const spread = Math.min(0.8 * rem, Math.max(0, height - top) / rows.length)
  return rows.map((row, place) => ({ ...row, middle: row.middle + spread * (place + 0.5) }))
}

/** How many entries stood on the board each day: [{ day, seek, provide }], the oldest first. */
export class HistoryChart extends Chart {
  draw(svg, days, { width, height, rem }) {
    const [first, last] = [days[0], days.at(-1)]
    svg.setAttribute('aria-label', ['seek', 'provide'].map((kind) => story(kind, first, last)).join('; '))
    const measure = ruler(svg)
    const most = ceiling(Math.max(...days.flatMap((one) => [one.seek, one.provide]), 1))
    const steps = [0, most / 2, most]
    const labels = KINDS.map((kind) => ({ kind, text: `${NAMES[kind]} ${number(last[kind])}` }))
    const box = {
      left: Math.max(...steps.map((count) => measure(number(count)))) + 0.5 * rem,
      right: width - Math.max(...labels.map(({ text }) => measure(text))) - 0.7 * rem,
      top: 0.7 * rem,
      bottom: height - 1.6 * rem,
    }
    const x = (place) => (days.length > 1 ? box.left + (place / (days.length - 1)) * (box.right - box.left) : box.right)
    const y = (count) => box.bottom - (count / most) * (box.bottom - box.top)
    for (const count of steps) {
      draw(svg, 'line', { class: 'grid', x1: box.left, x2: box.right, y1: y(count), y2: y(count) })
      draw(svg, 'text', { x: box.left - 0.4 * rem, y: y(count) + 0.35 * rem, 'text-anchor': 'end' }, number(count))
    }
    const below = { y: height - 0.3 * rem }
    const end = last.day === day(Date.now()) ? _('today') : date(last.day)
    const room = box.right - box.left - measure(end) - 0.6 * rem
    if (days.length > 1 && measure(date(first.day)) <= room) draw(svg, 'text', { x: box.left, ...below }, date(first.day))
    draw(svg, 'text', { x: Math.max(box.right, measure(end)), ...below, 'text-anchor': 'end' }, end)
    const heights = apart(KINDS.map((kind) => y(last[kind])), 1.2 * rem, 0.7 * rem, height - 0.6 * rem)
    labels.forEach(({ kind, text }, place) => {
      draw(svg, 'polyline', { class: kind, points: days.map((one, at) => `${x(at)},${y(one[kind])}`).join(' ') })
      draw(svg, 'circle', { class: kind, cx: x(days.length - 1), cy: y(last[kind]), r: 0.15 * rem })
      draw(svg, 'text', { x: box.right + 0.4 * rem, y: heights[place] + 0.35 * rem }, text)
    })
  }
}

const KINDS = ['seek', 'provide']
const NAMES = { seek: _('Seeking'), provide: _('Providing') }

const story = (kind, first, last) =>
  _('{name}: {first} on {start}, {last} on {end}', {
    name: NAMES[kind],
    start: date(first.day),
    end: date(last.day),
    first: number(first[kind]),
    last: number(last[kind]),
  })

const counts = (given) => Object.fromEntries(Object.entries(given).map(([name, count]) => [name, number(count)]))

const date = (iso) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }).format(new Date(`${iso}T12:00`))

/** A function that tells how wide a text is in this drawing. */
function ruler(svg) {
  const text = draw(svg, 'text', { visibility: 'hidden', x: 0, y: 0 })
  const known = new Map()
  return (given) => {
    if (!known.has(given)) {
      if (!text.isConnected) svg.append(text)
      text.textContent = given
      known.set(given, text.getComputedTextLength())
      text.remove()
    }
    return known.get(given)
  }
}

/** A name in lines that are at most so wide: broken between words, or within one that is wider. */
function wrapped(name, width, measure) {
  const lines = ['']
  for (const word of name.split(/(?<=[\s-])/)) {
    if (lines.at(-1) && measure((lines.at(-1) + word).trimEnd()) > width) lines.push('')
    for (const letter of measure(word.trimEnd()) > width ? word : [word]) {
      if (lines.at(-1) && measure((lines.at(-1) + letter).trimEnd()) > width) lines.push('')
      lines[lines.length - 1] += letter
    }
  }
  const shown = lines.slice(0, LINES).map((line) => line.trim())
  if (lines.length > LINES) {
    let last = shown.pop()
    while (last && measure(`${last}…`) > width) last = last.slice(0, -1)
    shown.push(`${last}…`)
  }
  return shown
}

/** Two heights at least so far apart, and both between top and bottom. */
function apart([one, other], least, top, bottom) {
  const oneIsUpper = one <= other
  let [upper, lower] = oneIsUpper ? [one, other] : [other, one]
  if (lower - upper < least) {
    const middle = (upper + lower) / 2
    upper = middle - least / 2
  }
  upper = Math.max(top, Math.min(upper, bottom - least))
  lower = Math.min(bottom, Math.max(lower, upper + least))
  return oneIsUpper ? [upper, lower] : [lower, upper]
}

/** The next even number that is easy to read. */
function ceiling(count) {
  const size = 10 ** Math.floor(Math.log10(count))
  return [2, 4, 6, 8, 10, 20].map((step) => step * size).find((step) => step >= count && step % 2 === 0)
}
