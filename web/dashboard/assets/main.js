// The page: what is followed, and what becomes of each update.

import { Announcer } from './announcer.js'
import { HistoryChart, TopicsChart } from './charts.js'
import { BOARD, EVENT_UPDATES, EVENTS, FIGURES, HISTORY, NEWS, NEWS_UPDATES } from './documents.js'
import { entryItem, eventItem, List, newsItem } from './lists.js'
import { Live } from './live.js'

const TOWN = 'Europe/Berlin'

const announcer = new Announcer(document.getElementById('announcements'))
const connection = document.getElementById('connection')
let wasLost = false

const time = (instant) =>
  new Intl.DateTimeFormat('de-DE', { hour: '2-digit', minute: '2-digit', timeZone: TOWN }).format(instant)

const live = new Live(new URL('/graphql', location.href.replace(/^http/, 'ws')), (state) => {
  if (connection.dataset.state === state) return
  connection.dataset.state = state
  connection.textContent = state === 'lost' ? `Unterbrochen, Stand ${time(new Date())} Uhr` : 'Live verbunden'
  if (state === 'lost') announcer.say('Die Verbindung ist unterbrochen.')
  else if (wasLost) announcer.say('Die Verbindung ist wieder da.')
  wasLost = state === 'lost'
})

// ---------------------------------------------------------------- the clock

const town = (options) => new Intl.DateTimeFormat('de-DE', { timeZone: TOWN, ...options })
const longDate = town({ weekday: 'long', day: 'numeric', month: 'long' })
const isoDate = new Intl.DateTimeFormat('en-CA', { timeZone: TOWN })
let today = isoDate.format(new Date())

function tick() {
  const instant = new Date()
  document.getElementById('clock').textContent = `${longDate.format(instant)}, ${time(instant)} Uhr`
  forgetPastEvents()
  if (today !== isoDate.format(instant)) {
    today = isoDate.format(instant)
    readHistory()
  }
  setTimeout(tick, 60_000 - (Date.now() % 60_000))
}

// ---------------------------------------------------------------- figures and charts

const topicsChart = new TopicsChart('topics-plot')
const historyChart = new HistoryChart('history-plot')
let days = []
let counts = null

live.follow({
  subscription: FIGURES,
  next({ networkStatistics }) {
    for (const shown of document.querySelectorAll('[data-figure]')) {
      shown.textContent = networkStatistics[shown.dataset.figure].toLocaleString('de-DE')
    }
    counts = { seek: networkStatistics.seekingOfferCount, provide: networkStatistics.providingOfferCount }
    showHistory()
  },
})

const readHistory = live.follow({
  snapshot: HISTORY,
  read({ network }) {
    days = network.history.map((one) => ({ day: one.day, seek: one.seekingOfferCount, provide: one.providingOfferCount }))
    showHistory()
  },
})

function showHistory() {
  if (days.length && counts) historyChart.show([...days.slice(0, -1), { ...days.at(-1), ...counts }])
}

function showTopics() {
  const topics = new Map()
  for (const [kind, { entries }] of Object.entries(boards)) {
    for (const { slug, name } of entries.flatMap((entry) => entry.topics)) {
      const one = topics.get(slug) ?? { name, seek: 0, provide: 0 }
      one[kind] += 1
      topics.set(slug, one)
    }
  }
  const sum = (one) => one.seek + one.provide
  topicsChart.show([...topics.values()].sort((a, b) => sum(b) - sum(a) || a.name.localeCompare(b.name, 'de')))
  const partly = Object.values(boards).some(({ entries, total }) => total > entries.length)
  document.getElementById('topics-note').textContent = partly ? 'Unter den je 100 neuesten Einträgen' : ''
}

// ---------------------------------------------------------------- the board

const boards = {}

function followBoard(kind, direction, name) {
  const board = (boards[kind] = { entries: [], total: 0 })
  const list = new List(kind, 'Gerade keine Einträge')
  live.follow({
    subscription: BOARD,
    variables: { direction },
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
        list.mark(entry.id)
        announcer.say(`${name}: ${entry.title}.`)
      }
      list.show(board.entries.map(entryItem), board.total)
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

followBoard('seek', 'SEEK', 'Neu gesucht')
followBoard('provide', 'PROVIDE', 'Neu geboten')

// ---------------------------------------------------------------- the groups' news

const NEWS_KEPT = 30
const newsList = new List('news', 'Noch keine Nachrichten')
let news = []

live.follow({
  snapshot: NEWS,
  read({ groups }) {
    const posts = groups.nodes.flatMap((group) => group.posts.nodes.map((post) => postNews(post, group.id, group.name)))
    keepNews([...posts, ...news.filter((one) => one.passing)])
  },
  subscription: NEWS_UPDATES,
  next({ groupUpdated: update }) {
    const { groupId, group } = update
    if (group === null) return keepNews(news.filter((one) => one.groupId !== groupId))
    for (const one of news) if (one.groupId === groupId) one.group = group.name
    const item = newsOf(update)
    if (item && !news.some((one) => one.key === item.key)) {
      newsList.mark(item.key)
      announcer.say(`${item.group}: ${item.title}.`)
      return keepNews([item, ...news])
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
      return { ...passing, title: `${change.member.name} ist jetzt dabei` }
    case 'GroupEventScheduled':
      return { ...passing, title: `Neuer Termin: ${change.event.title}` }
  }
  return null
}

// ---------------------------------------------------------------- coming events

const EVENTS_KEPT = 30
const EVENTS_ENOUGH = 10
const eventsList = new List('events', 'Gerade keine Termine')
let events = []
let moreEvents = false

const readEvents = live.follow({
  snapshot: EVENTS,
  variables: () => ({ now: new Date().toISOString() }),
  read({ events: page }) {
    moreEvents = page.pageInfo.hasNextPage
    keepEvents(page.nodes)
  },
  subscription: EVENT_UPDATES,
  next({ eventChanged: { change, eventId, event } }) {
    const others = events.filter((one) => one.id !== eventId)
    if (event === null || event.parent !== null) return keepEvents(others)
    if (change === 'PUBLISHED' && others.length === events.length) {
      eventsList.mark(eventId)
      announcer.say(`Neuer Termin: ${event.title}.`)
    } else if (change === 'CANCELLED') {
      announcer.say(`Abgesagt: ${event.title}.`)
    }
    keepEvents([...others, event])
  },
})

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
  if (moreEvents && events.length < EVENTS_ENOUGH) readEvents()
}

tick()
