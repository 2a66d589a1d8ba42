// A client of graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) that never gives up.
//
// All on one WebSocket. What is followed begins with a snapshot, read together with `liveCursor`, and goes on with a
// subscription after that cursor. The cursor of each update is kept: whatever breaks the connection, the subscription
// goes on after the last update that arrived. What the server refuses is asked for again, by itself and after a pause:
// the others stay.

const PROTOCOL = 'graphql-transport-ws'
const SHORTEST_PAUSE = 500
const LONGEST_PAUSE = 8_000
const LONGEST_REFUSAL = 60_000 // between two tries of what is refused
const LIMITED = 10_000 // or at least so long where the server has too much to do
const SILENCE = 15_000 // after so long without a word the server is asked whether it is there
const PATIENCE = 10_000 // and then it has so long to answer
const WAKING = 2_000 // or so long where the page slept
const SNAPSHOT = 60_000 // what begins with an answer has so long to give it
const STEADY = 10_000 // a connection that lived shorter than this was none
const CROSSING = 3_000 // a ping may be on its way while something is asked for

/** Something that is followed: whether it was ever read, whether it is refused now, and up to when it is known. */
class Followed {
  loaded = false
  refused = false
  current = false // everything that happens to it is told
  at = null // the last instant at which it is known to have been so, by the clock of the page
  after = null
  operation = null
  since = 0
  tries = 0
  timer = null

  constructor(given) {
    Object.assign(this, given)
  }

  /** What it shows is so as of now. */
  read() {
    this.loaded = this.current = true
    this.refused = false
    this.at = Date.now()
  }
}

export class Live {
  /** 'connecting' at first, 'away' where that failed; 'connected'; 'lost' where there was a connection. */
  state = 'connecting'
  #url
  #report
  #socket = null
  #followed = []
  #operations = new Map()
  #number = 0
  #attempts = 0
  #timer
  #begun = 0 // when this connection was there
  #heard = 0 // when something was heard last
  #clock = Date.now() // what the clock said last
  #deadline = null // when something must have been heard

  /** `report` is called whenever `state`, or what is known of something that is followed, may have changed. */
  constructor(url, report) {
    this.#url = url
    this.#report = report
  }

  /** Connect, and never give up. */
  begin() {
    addEventListener('online', () => this.#wake())
    addEventListener('pageshow', () => this.#wake())
    document.addEventListener('visibilitychange', () => document.hidden || this.#wake())
    setInterval(() => this.#check(), 1_000)
    this.#connect()
    this.#report()
  }

  /**
   * Follow something for as long as the page is there.
   *
   * `snapshot`, a query with `liveCursor`, is handed to `show` at first and when its cursor has expired; `next` gets
   * each update of `subscription`, which takes `$after`. Without a `snapshot` the subscription begins anew with each
   * connection; without a `subscription` the snapshot is read with each.
   *
   * `variables` are the variables, or a function that gives them; it waits for `ready` to be true. Returns what is known of it: `loaded`, `refused`,
   * and `at`.
   */
  follow({ snapshot, show, subscription, next, variables = {}, ready = () => true }) {
    const one = new Followed({ snapshot, show, subscription, next, variables, ready })
    this.#followed.push(one)
    if (this.state === 'connected') this.#begin(one)
    return one
  }

  /** Read this afresh. */
  again(one) {
    one.after = null
    if (this.state === 'connected') this.#begin(one)
  }

  #begin(one) {
    this.#stop(one)
    if (!one.ready()) return
    if (one.snapshot && one.after === null) {
      this.#operate(one, one.snapshot, {}, (answer) => {
        one.read()
        one.show(answer.data)
        if (!one.subscription) return (one.tries = 0)
        one.after = answer.data.liveCursor
        this.#begin(one)
      })
    } else {
      const after = one.snapshot ? { after: one.after } : {}
      this.#operate(one, one.subscription, after, (answer) => {
        one.tries = 0
        if (one.snapshot) {
          one.refused = false
          one.after = answer.extensions.cursor
        } else one.read()
        one.next(answer.data)
      })
    }
  }

  #operate(one, query, more, next) {
    const id = String((this.#number += 1))
    const given = typeof one.variables === 'function' ? one.variables() : one.variables
    one.operation = id
    one.since = this.#now()
    this.#operations.set(id, { one, next, answered: false, answers: !more.after, ends: query === one.snapshot })
    this.#send({ id, type: 'subscribe', payload: { query, variables: { ...given, ...more } } })
  }

  #stop(one) {
    clearTimeout(one.timer)
    if (this.#operations.delete(one.operation)) this.#send({ id: one.operation, type: 'complete' })
    one.operation = null
  }

  #connect() {
    clearTimeout(this.#timer)
    const socket = new WebSocket(this.#url, PROTOCOL)
    this.#socket = socket
    this.#deadline = this.#now() + PATIENCE
    const mine = (act) => (event) => this.#socket === socket && act(event)
    socket.onopen = mine(() => this.#send({ type: 'connection_init' }))
    socket.onmessage = mine(({ data }) => this.#hear(JSON.parse(data)))
    socket.onclose = mine(() => this.#lose())
  }

  #hear(message) {
    this.#heard = this.#now()
    const operation = this.#operations.get(message.id)
    switch (message.type) {
      case 'connection_ack':
        this.#deadline = null
        this.#begun = this.#now()
        this.state = 'connected'
        for (const one of this.#followed) this.#begin(one)
        break
      case 'ping':
        this.#send({ type: 'pong' })
        if (message.payload?.cursor) this.#allTold(message.payload.cursor)
        break
      case 'pong':
        this.#deadline = null
        break
      case 'next':
        if (!operation) break // it was stopped meanwhile
        operation.answered = true
        if (message.payload.errors) this.#refuse(operation.one, message.payload.errors)
        else operation.next(message.payload)
        break
      case 'error':
        if (operation) this.#refuse(operation.one, message.payload)
        break
      case 'complete':
        this.#operations.delete(message.id)
        if (operation && !(operation.ends && operation.answered)) this.#refuse(operation.one, [])
    }
    for (const one of this.#followed) if (one.current) one.at = this.#heard
    this.#report()
  }

  /** A ping with a cursor: everything that is subscribed to was told up to there, and goes on from there. */
  #allTold(cursor) {
    for (const one of this.#followed) {
      const operation = this.#operations.get(one.operation)
      if (!operation || (operation.answers && !operation.answered) || this.#heard - one.since < CROSSING) continue
      one.current = true
      one.refused = false
      one.tries = 0
      if (one.snapshot) one.after = cursor
    }
  }

  /** The server refuses this: ask again, at once where only the cursor is too old, else after a pause that grows. */
  #refuse(one, errors) {
    this.#stop(one)
    one.current = false
    const codes = errors.map((error) => error.extensions?.code)
    const expired = codes.includes('CURSOR_EXPIRED')
    if (expired) one.after = null
    else console.warn('Refused, tried again later:', errors)
    one.refused ||= !expired
    const shortest = codes.includes('RATE_LIMITED') ? LIMITED : SHORTEST_PAUSE
    const pause = expired && one.tries === 0 ? 0 : Math.min(LONGEST_REFUSAL, shortest * 2 ** one.tries)
    one.tries += 1
    one.timer = setTimeout(() => this.state === 'connected' && this.#begin(one), pause * (0.5 + Math.random() / 2))
  }

  /** Without a connection: try again, after pauses that grow, of random length so that not all clients come at once. */
  #lose() {
    const socket = this.#socket
    if (this.state === 'connected' && this.#now() - this.#begun > STEADY) this.#attempts = 0
    this.state = this.state === 'connected' || this.state === 'lost' ? 'lost' : 'away'
    this.#socket = null
    this.#deadline = null
    this.#operations.clear()
    for (const one of this.#followed) {
      clearTimeout(one.timer)
      one.current = one.refused = false
    }
    socket?.close()
    const pause = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** this.#attempts)
    this.#attempts += 1
    this.#timer = setTimeout(() => this.#connect(), pause * (0.5 + Math.random() / 2))
    this.#report()
  }

  /** Once a second. A connection can die without a word, as when the computer sleeps. */
  #check() {
    const time = this.#now()
    if (this.#socket && this.#deadline !== null) {
      if (time > this.#deadline) this.#lose()
    } else if (this.#socket && time - this.#heard > SILENCE) {
      this.#ping(time - this.#heard > 2 * SILENCE ? WAKING : PATIENCE)
    }
    for (const { one, answered, answers } of [...this.#operations.values()]) {
      if (answers && !answered && time - one.since > SNAPSHOT) this.#refuse(one, [])
    }
    this.#report()
  }

  /** What the clock says. Each reading goes through here, so that nothing is noted before it is seen that the clock was set back. */
  #now() {
    const time = Date.now()
    if (time < this.#clock) this.#setBack(this.#clock - time)
    this.#clock = time
    return time
  }

  /** The clock was set back: what was noted by it goes back with it, so that nothing lies in the future. */
  #setBack(by) {
    this.#heard -= by
    this.#begun -= by
    if (this.#deadline !== null) this.#deadline -= by
    for (const one of this.#followed) {
      one.since -= by
      if (one.at !== null) one.at -= by
    }
  }

  #wake() {
    if (!this.#socket) this.#connect()
    else if (this.state === 'connected') this.#ping(WAKING)
  }

  #ping(patience) {
    this.#send({ type: 'ping' })
    const latest = this.#now() + patience
    this.#deadline = Math.min(this.#deadline ?? Infinity, latest)
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}
