// What ical.js and node-ical make of the calendar on standard input: by library and UID.
import ICAL from 'ical.js'
import nodeIcal from 'node-ical'

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const text = Buffer.concat(chunks).toString()

const byIcalJs = {}
for (const component of new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent')) {
  const event = new ICAL.Event(component)
  byIcalJs[event.uid] = {
    start: event.startDate.toJSDate().toISOString(),
    end: event.endDate.toJSDate().toISOString(),
    summary: event.summary ?? null,
    description: event.description ?? null,
    location: event.location ?? null,
    organizer: component.getFirstProperty('organizer')?.getParameter('cn') ?? null,
    url: component.getFirstPropertyValue('url'),
  }
}

const byNodeIcal = {}
for (const event of Object.values(nodeIcal.sync.parseICS(text)).filter(({ type }) => type === 'VEVENT')) {
  byNodeIcal[event.uid] = {
    start: event.start.toISOString(),
    end: event.end.toISOString(),
    summary: event.summary ?? null,
    description: event.description ?? null,
    location: event.location ?? null,
    organizer: event.organizer?.params?.CN ?? null,
    url: event.url ?? null,
  }
}
console.log(JSON.stringify({ 'ical.js': byIcalJs, 'node-ical': byNodeIcal }))
