// The page: what is followed, and what becomes of each update.

import { Announcer } from './announcer.js'
import { HistoryChart, TopicsChart } from './charts.js'
import { BOARD, EVENT_UPDATES, EVENTS, FIGURES, GROUP_NEWS, HISTORY, NEWS, NEWS_UPDATES, SCOPE } from './documents.js'
import { showFigures } from './figures.js'
import { entryItem, eventItem, List, newsItem } from './lists.js'
import { Live } from './live.js'
import { found, isBoard, isPart, scope, within } from './scope.js'
import { clock, day, headline, longDay, notice } from './stand.js'
import { _, locale } from './texts.js'
import { Upgrade } from './upgrade.js'
import { Wall } from './wall.js'

const ALARM = 5_000 // so long without a connection is said aloud
const STILL = 60_000 // so long after the last touch of a key or the screen nobody reads

const announcer = new Announcer(document.getElementById('announcements'))
// The server may be below a path: this file is at …/dashboard/assets/STAMP/main.js.
const live = new Live(new URL('../../../graphql', import.meta.url.replace(/^http/, 'ws')), () => showStand())

// ---------------------------------------------------------------- of what the page tells

if (isPart) {
  // These are the whole network's.
  for (const one of document.querySelectorAll('.figures, .history')) one.hidden = true
  live.follow({
    snapshot: SCOPE,
    variables: { group: scope.group ?? '', hasGroup: Boolean(scope.group) },
    show(answer) {
      if (scope.ready) return
      found(answer)
      tell('scope', scope.text)
      document.getElementById('scope').classList.toggle('missing', scope.missing)
      if (scope.groupId) newsFollowed.snapshot = GROUP_NEWS
      for (const part of PARTS) live.again(part)
    },
  })
}
const ready = () => scope.ready
const notOnBoard = () => scope.ready && !isBoard

// ---------------------------------------------------------------- figures and charts

const topicsChart = new TopicsChart('topics-plot')
const historyChart = new HistoryChart('history-plot')
let days = []
let counts = null

const figures = live.follow({
  ready: () => !isBoard,
  subscription: FIGURES,
  next({ networkStatistics }) {
    counts = networkStatistics
    showCounts()
  },
})

const history = live.follow({
  ready: () => !isBoard,
  snapshot: HISTORY,
  show({ network }) {
    days = network.history.map((one) => ({ day: one.day, seek: one.seekingOfferCount, provide: one.providingOfferCount }))
    showCounts()
  },
})

function showCounts() {
  if (counts) showFigures(counts, days)
  const now = counts && { seek: counts.seekingOfferCount, provide: counts.providingOfferCount }
  if (days.length && now) historyChart.show([...days.slice(0, -1), { ...days.at(-1), ...now }])
}

let topics = []

function showTopics() {
  if (Object.values(boards).some(({ followed }) => !followed?.loaded)) return
  const found = new Map()
  for (const [kind, { entries }] of Object.entries(boards)) {
    for (const { slug, name } of entries.flatMap((entry) => entry.topics)) {
      const one = found.get(slug) ?? { name, seek: 0, provide: 0 }
      one[kind] += 1
      found.set(slug, one)
    }
  }
  const sum = (one) => one.seek + one.provide
  topics = [...found.values()].sort((a, b) => sum(b) - sum(a) || a.name.localeCompare(b.name, locale))
  if (topics.length) topicsChart.show(topics)
}

// ---------------------------------------------------------------- the board

const NO_ENTRIES = { now: _('No entries at the moment'), last: _('No entries when last seen') }
const boards = {}

function followBoard(kind, direction, announced) {
  const board = (boards[kind] = { entries: [], total: 0, list: new List(kind, NO_ENTRIES) })
  board.followed = live.follow({
    subscription: BOARD,
    variables: () => ({ filter: within({ direction }) }),
    ready,
    next({ liveOffers: update }) {
      const known = new Set(board.entries.map((entry) => entry.id))
      const first = !board.seen
      board.seen = true
      board.total = update.totalCount
      if (update.__typename === 'OffersSnapshot') board.entries = update.offers
      else board.entries = patched(board.entries, update.steps)
      // Of what is shown for the first time only the newest are news: others move up when one leaves.
      const arrived = first ? [] : leading(board.entries, (entry) => !known.has(entry.id))
      for (const entry of arrived) {
        board.list.mark(entry.id)
        announcer.say(announced(entry))
      }
      board.list.show(board.entries.map(entryItem), board.total)
      if (arrived.length) wall.front(kind)
      showTopics()
    },
  })
}

function patched(entries, steps) {
  const after = [...entries]
  const takeOut = (id) => {
    const place = after.findIndex((entry) => entry.id === id)
    if (place >= 0) after.splice(place, 1)
  }
  for (const step of steps) {
    takeOut(step.offerId ?? step.offer.id)
    if (step.offer) after.splice(step.index, 0, step.offer)
  }
  return after
}

function leading(entries, isNew) {
  const end = entries.findIndex((entry) => !isNew(entry))
  return end < 0 ? entries : entries.slice(0, end)
}

followBoard('seek', 'SEEK', ({ title }) => _('Newly sought: {title}.', { title }))
followBoard('provide', 'PROVIDE', ({ title }) => _('Newly provided: {title}.', { title }))

// ---------------------------------------------------------------- the groups' news

const NEWS_KEPT = 30
const newsList = new List('news', { now: _('No news yet'), last: _('No news when last seen') })
let news = []

const newsFollowed = live.follow({
  snapshot: NEWS,
  variables: () => ({ slug: scope.group, group: scope.groupId }),
  ready: notOnBoard,
  show({ group, groups }) {
    const all = groups ? groups.nodes : group ? [group] : []
    const posts = all.flatMap((one) => one.posts.nodes.map((post) => postNews(post, one.id, one.name)))
    keepNews([...posts, ...news.filter((one) => one.passing)])
  },
  subscription: NEWS_UPDATES,
  next({ groupUpdated: update }) {
    const { groupId, group } = update
    if (group === null) return keepNews(news.filter((one) => one.groupId !== groupId))
    for (const one of news) if (one.groupId === groupId) one.group = group.name
    const { __typename: kind, post, postId } = update.change
    if (kind === 'GroupPostRemoved') return keepNews(news.filter((one) => one.key !== postId))
    if (kind === 'GroupPostChanged') {
      return keepNews([postNews(post, groupId, group.name), ...news.filter((one) => one.key !== post.id)])
    }
    const item = newsOf(update)
    if (item && !news.some((one) => one.key === item.key)) {
      newsList.mark(item.key)
      announcer.say(`${item.group}: ${item.title}.`)
      keepNews([item, ...news])
      return wall.front('news')
    }
    keepNews(news)
  },
})

function keepNews(all) {
  news = all.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, NEWS_KEPT)
  newsList.show(news.map(newsItem))
}

function postNews(post, groupId, group) {
  return { key: post.id, title: post.title, at: post.publishedAt, groupId, group }
}

/** What an update has to say; nothing where it isn't for this page, or of a kind that came later. */
function newsOf({ cursor, occurredAt, groupId, group, change }) {
  const passing = { key: cursor, at: occurredAt, groupId, group: group.name, passing: true }
  switch (change.__typename) {
    case 'GroupPostPublished':
      return postNews(change.post, groupId, group.name)
    case 'GroupMemberJoined':
      return { ...passing, title: _('{name} has joined', { name: change.member.name }) }
    case 'GroupEventScheduled':
      return { ...passing, title: _('New event: {title}', { title: change.event.title }) }
  }
  return null
}

// ---------------------------------------------------------------- coming events

const EVENTS_KEPT = 30
const EVENTS_ENOUGH = 10
const eventsList = new List('events', { now: _('No events at the moment'), last: _('No further events known') })
let events = []
let moreEvents = false
const maybeNew = new Set()
let reading = null

const eventsFollowed = live.follow({
  snapshot: EVENTS,
  variables: () => ({ filter: within({ endsAfter: new Date().toISOString(), sessions: false }) }),
  ready: notOnBoard,
  show({ events: page }) {
    moreEvents = page.pageInfo.hasNextPage
    const arrived = page.nodes.filter((one) => maybeNew.delete(one.id))
    maybeNew.clear()
    arrived.forEach(announceEvent)
    keepEvents(page.nodes)
    if (arrived.length) wall.front('events')
  },
  subscription: EVENT_UPDATES,
  next({ eventChanged: { change, eventId, event } }) {
    if (isPart) return readEvents(change === 'PUBLISHED' && eventId)
    const others = events.filter((one) => one.id !== eventId)
    if (event === null || event.parent !== null) return keepEvents(others)
    const isNew = change === 'PUBLISHED' && others.length === events.length
    if (isNew) announceEvent(event)
    else if (change === 'CANCELLED') announcer.say(_('Cancelled: {title}', { title: event.title }))
    keepEvents([...others, event])
    if (isNew) wall.front('events')
  },
})

function announceEvent({ id, title }) {
  eventsList.mark(id)
  announcer.say(_('New event: {title}', { title }))
}

/** Of a part of the network the server knows which events are its own: they are read again, once for what comes together. */
function readEvents(added) {
  if (added) maybeNew.add(added)
  reading ??= setTimeout(() => {
    reading = null
    live.again(eventsFollowed)
  }, 1_000)
}

function keepEvents(all) {
  const sorted = all
    .filter((one) => Date.parse(one.endsAt) > Date.now())
    .sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt))
  moreEvents ||= sorted.length > EVENTS_KEPT
  events = sorted.slice(0, EVENTS_KEPT)
  eventsList.show(events.map(eventItem))
}

function forgetPastEvents() {
  if (events.some((one) => Date.parse(one.endsAt) <= Date.now())) keepEvents(events)
  if (moreEvents && events.length < EVENTS_ENOUGH) live.again(eventsFollowed)
}

// ---------------------------------------------------------------- the wall, what is so, and the clock

const lists = [boards.seek.list, boards.provide.list, newsList, eventsList]
const wall = new Wall({
  seek: boards.seek.list,
  provide: boards.provide.list,
  news: newsList,
  events: eventsList,
  topics: topicsChart,
  history: historyChart,
})

const BOARD_PARTS = [boards.seek.followed, boards.provide.followed]
const PARTS = isBoard ? BOARD_PARTS : [figures, history, ...BOARD_PARTS, newsFollowed, eventsFollowed]
const PLACES = [
  [[boards.seek.followed], (said) => boards.seek.list.say(said)],
  [[boards.provide.followed], (said) => boards.provide.list.say(said)],
  [[newsFollowed], (said) => newsList.say(said)],
  [[eventsFollowed], (said) => eventsList.say(said)],
  [[figures], (said) => tell('figures-note', said.loaded ? said.text : '')],
  [[boards.seek.followed, boards.provide.followed], (said) => {
    if (!topics.length) topicsChart.show(null, said.loaded ? NO_ENTRIES[said.stale ? 'last' : 'now'] : said.text)
    const partly = Object.values(boards).some(({ entries, total }) => total > entries.length)
    tell('topics-note', said.loaded ? [partly && _('Among the newest 100 of each'), said.text].filter(Boolean).join(' · ') : '')
  }],
  [[figures, history], (said) => {
    if (!said.loaded) historyChart.show(null, said.text)
    tell('history-note', said.loaded ? said.text : '')
  }],
]
let lostSince = null
let alarmed = false
let minute = null
let today = day(Date.now())

function tell(id, text) {
  const place = document.getElementById(id)
  if (place.textContent !== text) place.textContent = text
}

/** At least once a second: whether the page is connected, and as of when what it shows is so. */
function showStand() {
  const now = Date.now()
  const head = headline(live.state, PARTS, now)
  const connection = document.getElementById('connection')
  if (connection.dataset.state !== head.state) connection.dataset.state = head.state
  tell('connection', head.text)
  for (const [parts, say] of PLACES) say(notice(live.state, parts, head, now))
  alarm(head.state === 'lost')
  tick(now)
}

/** A connection that is lost for a moment only is nothing to interrupt people for. */
function alarm(lost) {
  if (!lost) {
    if (lostSince !== null) upgrade.reconnected()
    if (alarmed) announcer.say(_('The connection is back.'))
    lostSince = null
    alarmed = false
    return
  }
  lostSince ??= performance.now()
  if (alarmed || performance.now() - lostSince < ALARM) return
  alarmed = true
  announcer.say(_('The connection is lost.'))
}

function tick(now) {
  const text = `${longDay(now)}, ${clock(now)}`
  if (minute === text) return
  minute = text
  tell('clock', text)
  for (const list of lists) list.grow(now)
  forgetPastEvents()
  if (today !== day(now)) {
    today = day(now)
    showCounts()
    live.again(history)
  }
}

// ---------------------------------------------------------------- another build

let touched = -Infinity
for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove']) {
  addEventListener(kind, () => (touched = performance.now()), { passive: true })
}
const upgrade = new Upgrade(
  () => announcer.quiet && !lists.some((list) => list.fresh) && performance.now() - touched > STILL,
)

live.begin()
