// Two charts, drawn by hand in the pixels that there are.

const SVG = 'http://www.w3.org/2000/svg'

function draw(parent, name, attributes, text) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  parent.append(made)
  return made
}

/** A chart in a box: drawn anew when there is something new, or when the box changes its size. */
class Chart {
  #box
  #data = null

  constructor(id) {
    this.#box = document.getElementById(id)
    new ResizeObserver(() => this.#again()).observe(this.#box)
  }

  show(data) {
    this.#data = data
    this.#again()
  }

  #again() {
    if (this.#data === null) return
    const { clientWidth: width, clientHeight: height } = this.#box
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    const svg = document.createElementNS(SVG, 'svg')
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
    const row = 1.45 * rem
    const shown = topics.slice(0, Math.max(1, Math.floor(height / row)))
    svg.setAttribute('aria-label', topics.map((one) => `${one.name}: ${one.seek} Suche, ${one.provide} Biete`).join('; '))
    const middle = (place) => place * row + row / 2
    const texts = shown.map(({ name }, place) => draw(svg, 'text', { x: 0, y: middle(place) + 0.35 * rem }, name))
    const left = Math.max(...texts.map((text) => text.getComputedTextLength()), 0) + 0.6 * rem
    const most = Math.max(...shown.map((one) => one.seek + one.provide), 1)
    const scale = (width - left - 4 * rem) / most
    shown.forEach(({ seek, provide }, place) => {
      const bar = { y: middle(place) - 0.45 * rem, height: 0.9 * rem }
      const gap = seek && provide ? 2 : 0
      draw(svg, 'rect', { class: 'seek', x: left, width: seek * scale, ...bar })
      draw(svg, 'rect', { class: 'provide', x: left + seek * scale + gap, width: Math.max(0, provide * scale - gap), ...bar })
      const end = left + (seek + provide) * scale + 0.4 * rem
      draw(svg, 'text', { x: end, y: middle(place) + 0.35 * rem }, `${seek} + ${provide}`)
    })
  }
}

/** How many entries stood on the board each day: [{ day, seek, provide }], the oldest first. */
export class HistoryChart extends Chart {
  draw(svg, days, { width, height, rem }) {
    const [first, last] = [days[0], days.at(-1)]
    const story = (name, of) => `${name}: am ${date(first.day)} ${of(first)}, heute ${of(last)}`
    svg.setAttribute('aria-label', `${story('Suche', (one) => one.seek)}; ${story('Biete', (one) => one.provide)}`)
    const most = ceiling(Math.max(...days.flatMap((one) => [one.seek, one.provide]), 1))
    const box = { left: (0.7 * String(most).length + 0.5) * rem, right: width - 6.2 * rem, top: 0.7 * rem, bottom: height - 1.6 * rem }
    const x = (place) => box.left + (place / Math.max(1, days.length - 1)) * (box.right - box.left)
    const y = (count) => box.bottom - (count / most) * (box.bottom - box.top)
    for (const count of [0, most / 2, most]) {
      draw(svg, 'line', { class: 'grid', x1: box.left, x2: box.right, y1: y(count), y2: y(count) })
      draw(svg, 'text', { x: box.left - 0.4 * rem, y: y(count) + 0.35 * rem, 'text-anchor': 'end' }, count)
    }
    draw(svg, 'text', { x: box.left, y: height - 0.3 * rem }, date(first.day))
    draw(svg, 'text', { x: box.right, y: height - 0.3 * rem, 'text-anchor': 'end' }, 'heute')
    const ends = { seek: y(last.seek), provide: y(last.provide) }
    const near = Math.abs(ends.seek - ends.provide) < 1.2 * rem
    for (const [kind, name] of [['seek', 'Suche'], ['provide', 'Biete']]) {
      draw(svg, 'polyline', { class: kind, points: days.map((one, place) => `${x(place)},${y(one[kind])}`).join(' ') })
      const upper = ends[kind] < ends[kind === 'seek' ? 'provide' : 'seek'] || (ends.seek === ends.provide && kind === 'seek')
      const label = near ? (ends.seek + ends.provide) / 2 + (upper ? -0.6 : 0.6) * rem : ends[kind]
      draw(svg, 'text', { x: box.right + 0.4 * rem, y: label + 0.35 * rem }, `${name} ${last[kind]}`)
    }
  }
}

const date = (day) => new Intl.DateTimeFormat('de-DE', { day: 'numeric', month: 'short' }).format(new Date(`${day}T12:00`))

/** The next even number that is easy to read. */
function ceiling(count) {
  const size = 10 ** Math.floor(Math.log10(count))
  return [2, 4, 6, 8, 10, 20].map((step) => step * size).find((step) => step >= count && step % 2 === 0)
}
