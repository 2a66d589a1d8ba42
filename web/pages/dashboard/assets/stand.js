// What the page says about itself: whether it is connected, and as of when what it shows is so (its "Stand").

import { _, locale } from './texts.js'

export const TOWN = 'Europe/Berlin'

const CLOCK = { hour: '2-digit', minute: '2-digit' }
const DAY = { weekday: 'short', day: 'numeric', month: 'short' }
const formatted = (options, instant) => new Intl.DateTimeFormat(locale, { timeZone: TOWN, ...options }).format(instant)

/** A day in the town, such as 2026-11-26. */
export const day = (instant) => new Intl.DateTimeFormat('en-CA', { timeZone: TOWN }).format(instant)

/** A time of the day in the town. */
export const clock = (instant) => _('{time}', { time: formatted(CLOCK, instant) })

/** A day as people say it. */
export const longDay = (instant) => formatted({ weekday: 'long', day: 'numeric', month: 'long' }, instant)

const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY_LONG = 24 * HOUR

/** How long ago something was, as people say it; what a wrong clock puts into the future is just now. */
export function age(at, now) {
  const passed = now - at
  if (passed < MINUTE) return _('just now')
  if (passed < HOUR) return ago.format(-Math.floor(passed / MINUTE), 'minute')
  if (passed < DAY_LONG) return ago.format(-Math.floor(passed / HOUR), 'hour')
  const days = Math.round((Date.parse(day(now)) - Date.parse(day(at))) / DAY_LONG)
  if (days < 14) return ago.format(-days, 'day')
  return days < 60 ? ago.format(-Math.floor(days / 7), 'week') : ago.format(-Math.floor(days / 30), 'month')
}

/** When something was: today by the clock, else with the day, in another year with that too. */
export function when(at, now) {
  if (day(at) === day(now)) return clock(at)
  const year = day(at).slice(0, 4) === day(now).slice(0, 4) ? {} : { year: 'numeric' }
  return _('{time}', { time: formatted({ ...DAY, ...year, ...CLOCK }, at) })
}

/**
 * What stands in the page's head: { state, text, at }; `at` is when what is shown was so, unless a part says otherwise.
 *
 * Where nothing is refused, `at` is null while there is a connection: all is as it is now.
 */
export function headline(state, parts, now) {
  const loaded = parts.filter((part) => part.loaded)
  if (loaded.length === 0) {
    const text = {
      connecting: _('Connecting …'),
      connected: _('Connected, loading …'),
    }[state] ?? _('No connection yet, trying again')
    return { state: 'none', text, at: null }
  }
  if (state !== 'connected') {
    const at = Math.max(...loaded.map((part) => part.at))
    return { state: 'lost', text: _('Interrupted, as of {time}', { time: when(at, now) }), at }
  }
  if (parts.some((part) => part.refused)) return { state: 'partly', text: _('Partly not up to date'), at: null }
  if (loaded.length < parts.length) return { state: 'none', text: _('Connected, loading …'), at: null }
  return { state: 'connected', text: _('Live'), at: null }
}

/**
 * What one place of the page says about itself: { loaded, stale, text }. `parts` are what it is made of, `head` is the
 * headline. `text` is empty where there is nothing to add to that.
 */
export function notice(state, parts, head, now) {
  const missing = parts.filter((part) => !part.loaded)
  if (missing.length) {
    const hopeful = state === 'connecting' || (state === 'connected' && !missing.some((part) => part.refused))
    return { loaded: false, stale: true, text: hopeful ? _('Loading …') : _('No data yet') }
  }
  const stale = state !== 'connected' || parts.some((part) => part.refused)
  if (!stale) return { loaded: true, stale, text: '' }
  const said = when(Math.min(...parts.map((part) => part.at)), now)
  const text = head.at !== null && said === when(head.at, now) ? '' : _('As of {time}', { time: said })
  return { loaded: true, stale, text }
}
