// <mitwirk-board>: the board, live, in any page. One file without dependencies; docs/dashboard.md says how to use it.
;(() => {
  const TEXTS = {}
  const _ = (message) => message // marks a text for the catalogues
  const SCRIPT = document.currentScript?.src
  const FIELDS = 'id title publishedAt owner { name } group { name } district { name }'
  const GROUP = 'query ($slug: String!) { group(slug: $slug) { id } }'
  const BOARD = `subscription ($filter: OfferFilter!, $first: Int!) {
    liveOffers(first: $first, filter: $filter) {
      __typename
      ... on OffersSnapshot { offers { ${FIELDS} } }
      ... on OffersPatch { steps {
        ... on OfferEntered { index offer { ${FIELDS} } }
        ... on OfferRefreshed { index offer { ${FIELDS} } }
        ... on OfferLeft { offerId }
      } }
    }
  }`
  const DIRECTIONS = { seek: ['Seeking', 'SEEK'], provide: ['Providing', 'PROVIDE'] }
  const BOTH = _('Seeking and providing')
  const COUNT = 5
  const MOST = 50
  const SILENCE = 20_000 // after so long without a word the server is asked whether it is there
  const LONGEST_PAUSE = 30_000
  const NEW_FOR = 10 * 60_000
  const STEPS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]]
  const STYLE = `
    :host { display: block; }
    h2, p, ul { margin: 0; }
    h2 { font-size: 1.25em; }
    ul { list-style: none; padding: 0; }
    li { border-top: 1px solid; border-color: color-mix(in srgb, currentcolor 20%, transparent); padding: 0.4em 0; }
    .title { font-weight: bold; }
    .new { color: var(--mitwirk-accent, #0b5c4b); }`

  class MitwirkBoard extends HTMLElement {
    static observedAttributes = ['count', 'direction', 'district', 'group', 'language', 'server']
    #entries = null
    #fresh = new Map()
    #socket = null
    #heard = 0
    #tries = 0
    #connecting = null
    #ticking = null
    #parts = {}

    connectedCallback() {
      if (!this.shadowRoot) this.#build()
      this.#ticking = setInterval(() => this.#tick(), 10_000)
      this.#connect()
    }

    disconnectedCallback() {
      clearInterval(this.#ticking)
      this.#end()
    }

    attributeChangedCallback() {
      if (!this.isConnected || !this.shadowRoot) return
      this.#entries = null
      this.#end()
      this.#connect()
    }

    get #language() {
      return this.getAttribute('language') === 'en' ? 'en' : 'de'
    }

    #_(message, values = {}) {
      const text = TEXTS[this.#language]?.[message] ?? message
      return text.replace(/\{(\w+)\}/g, (given, name) => values[name] ?? given)
    }

    #build() {
      const root = this.attachShadow({ mode: 'open' })
      const style = new CSSStyleSheet()
      style.replaceSync(STYLE)
      root.adoptedStyleSheets = [style]
      for (const [name, kind] of [['heading', 'h2'], ['list', 'ul'], ['status', 'p']]) {
        this.#parts[name] = root.appendChild(made(kind, name))
      }
      this.#parts.status.setAttribute('role', 'status')
    }

    #connect() {
      clearTimeout(this.#connecting)
      const socket = new WebSocket(this.#address(), 'graphql-transport-ws')
      this.#socket = socket
      this.#heard = Date.now()
      const mine = (act) => (event) => this.#socket === socket && act(event)
      socket.onopen = mine(() => this.#send({ type: 'connection_init' }))
      socket.onmessage = mine(({ data }) => this.#hear(JSON.parse(data)))
      socket.onclose = mine(() => this.#lose())
      this.#draw()
    }

    #address() {
      const server = this.getAttribute('server')
      const graphql = server ? new URL(`${server.replace(/\/$/, '')}/graphql`) : new URL('../graphql', SCRIPT)
      graphql.protocol = graphql.protocol.replace('http', 'ws')
      return graphql
    }

    #hear(message) {
      this.#heard = Date.now()
      const data = message.payload?.data
      if (message.type === 'connection_ack') this.#ask()
      else if (message.type === 'ping') this.#send({ type: 'pong' })
      else if (message.type === 'error' || message.payload?.errors) this.#lose()
      else if (message.id === 'group' && data) this.#watch(data.group?.id)
      else if (message.id === 'board' && data) this.#update(data.liveOffers)
      else if (message.id === 'board' && message.type === 'complete') this.#lose()
    }

    #ask() {
      const slug = this.getAttribute('group')
      if (slug) this.#subscribe('group', GROUP, { slug })
      else this.#watch()
    }

    #watch(groupId) {
      if (this.hasAttribute('group') && !groupId) return this.#say('There is no such group or part of the town')
      const direction = DIRECTIONS[this.getAttribute('direction')]?.[1]
      const district = this.getAttribute('district')
      const first = Math.max(1, Math.min(MOST, Math.trunc(Number(this.getAttribute('count'))) || COUNT))
      const filter = { ...(direction && { direction }), ...(groupId && { groupId }), ...(district && { districts: [district] }) }
      this.#subscribe('board', BOARD, { filter, first })
    }

    #update({ __typename: kind, offers, steps }) {
      this.#tries = 0
      const known = new Set(this.#entries?.map(({ id }) => id))
      const isFirst = this.#entries === null
      this.#entries = kind === 'OffersSnapshot' ? offers : patched(this.#entries, steps)
      const arrived = isFirst ? [] : leading(this.#entries, ({ id }) => !known.has(id))
      for (const { id } of arrived) this.#fresh.set(id, Date.now())
      this.#draw()
    }

    #draw() {
      const named = DIRECTIONS[this.getAttribute('direction')]
      const { heading, list } = this.#parts
      for (const part of Object.values(this.#parts)) part.lang = this.#language
      heading.textContent = this.#_(named ? named[0] : BOTH)
      list.replaceChildren(...(this.#entries ?? []).map((entry) => this.#entry(entry)))
      if (this.#entries === null) this.#say('Connecting …')
      else this.#say(this.#entries.length ? '' : 'No entries at the moment')
    }

    #entry({ id, title, publishedAt, owner, group, district }) {
      const item = made('li', 'entry')
      const heading = item.appendChild(made('p', 'title', title))
      if (Date.now() - this.#fresh.get(id) < NEW_FOR) heading.prepend(made('strong', 'new', this.#_('New')), ' ')
      const who = [owner?.name ?? group?.name, district?.name, this.#age(Date.parse(publishedAt))]
      item.append(made('p', 'details', who.filter(Boolean).join(' · ')))
      return item
    }

    #age(at) {
      const [unit, long] = STEPS.find(([, span]) => Date.now() - at >= span) ?? []
      if (!unit) return this.#_('just now')
      const ago = new Intl.RelativeTimeFormat(this.#language, { numeric: 'auto' })
      return ago.format(-Math.floor((Date.now() - at) / long), unit)
    }

    #say(message, values) {
      const text = message && this.#_(message, values)
      if (this.#parts.status.textContent !== text) this.#parts.status.textContent = text
    }

    #tick() {
      if (!this.#socket) return
      const silent = Date.now() - this.#heard
      if (silent > 2 * SILENCE) return this.#lose()
      if (silent > SILENCE) this.#send({ type: 'ping' })
      if (this.#entries) this.#draw()
    }

    /** What is known stays, and says as of when it is so; then it is tried again, after pauses that grow. */
    #lose() {
      this.#end()
      const time = new Intl.DateTimeFormat(this.#language, { hour: '2-digit', minute: '2-digit' }).format(this.#heard)
      if (this.#entries) this.#say('Interrupted, as of {time}', { time: this.#_('{time}', { time }) })
      else this.#say('No connection yet, trying again')
      const pause = Math.min(LONGEST_PAUSE, 500 * 2 ** this.#tries)
      this.#tries += 1
      this.#connecting = setTimeout(() => this.#connect(), pause * (0.5 + Math.random() / 2))
    }

    #end() {
      clearTimeout(this.#connecting)
      const socket = this.#socket
      this.#socket = null
      socket?.close()
    }

    #subscribe(id, query, variables) {
      this.#send({ id, type: 'subscribe', payload: { query, variables } })
    }

    #send(message) {
      if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
    }
  }

  function made(kind, part, text = '') {
    const one = document.createElement(kind)
    one.className = part
    one.setAttribute('part', part)
    one.textContent = text
    return one
  }

  function patched(entries, steps) {
    const after = [...entries]
    for (const { offerId, index, offer } of steps) {
      const place = after.findIndex(({ id }) => id === (offerId ?? offer.id))
      if (place >= 0) after.splice(place, 1)
      if (offer) after.splice(index, 0, offer)
    }
    return after
  }

  function leading(entries, isNew) {
    const end = entries.findIndex((entry) => !isNew(entry))
    return end < 0 ? entries : entries.slice(0, end)
  }

  if (!customElements.get('mitwirk-board')) customElements.define('mitwirk-board', MitwirkBoard)
})()
