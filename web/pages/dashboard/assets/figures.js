// The network's figures, and by how much each has changed today.

import { day } from './stand.js'
import { _, shortNumber } from './texts.js'

const KEPT = 'mitwirk.figures' // what this screen remembers of yesterday, in its browser
const OF_HISTORY = { seekingOfferCount: 'seek', providingOfferCount: 'provide' }

/** Show these figures. `days` is the network's history: of the board it knows what was so when yesterday ended. */
export function showFigures(figures, days) {
  const now = Date.now()
  const before = remembered(figures, now)
  const ended = days.at(-1)?.day === day(now) ? days.at(-2) : undefined
  for (const place of document.querySelectorAll('[data-figure]')) {
    const name = place.dataset.figure
    place.textContent = shortNumber(figures[name])
    const was = name in OF_HISTORY ? ended?.[OF_HISTORY[name]] : before?.[name]
    place.parentElement.querySelector('.change').textContent = was === undefined ? '' : changed(figures[name] - was)
  }
}

/** A change of today in words, empty where there is none. */
function changed(by) {
  if (by === 0) return ''
  return _('{change} today', { change: (by > 0 ? '+' : '\u2212') + shortNumber(Math.abs(by)) })
}

/** The figures when this screen last saw them yesterday; undefined where it wasn't there. It notes those of now. */
function remembered(figures, now) {
  const today = day(now)
  let kept = {}
  try {
    kept = JSON.parse(localStorage.getItem(KEPT)) ?? {}
    if (kept.day !== today) kept = { before: { day: kept.day, figures: kept.figures } }
    localStorage.setItem(KEPT, JSON.stringify({ ...kept, day: today, figures }))
  } catch {
    // The browser keeps nothing for this page: it only knows what the server tells.
  }
  return kept.before?.day === yesterday(today) ? kept.before.figures : undefined
}

/** The day before a day. */
function yesterday(today) {
  const noon = new Date(`${today}T12:00Z`)
  noon.setUTCDate(noon.getUTCDate() - 1)
  return noon.toISOString().slice(0, 10)
}
