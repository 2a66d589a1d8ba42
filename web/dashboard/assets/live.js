// A client of graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) that never gives up.
//
// All on one WebSocket. What is followed begins with a snapshot, read together with `liveCursor`, and goes on with a
// subscription after that cursor. The cursor of each update is kept: whatever breaks the connection, the subscription
// goes on after the last update that arrived.

const PROTOCOL = 'graphql-transport-ws'
const SHORTEST_PAUSE = 500
const LONGEST_PAUSE = 8_000
const SILENCE = 15_000 // after so long without a word the server is asked whether it is there
const PATIENCE = 10_000 // and then it has so long to answer
const WAKING = 2_000 // or so long where the page slept

export class Live {
  #url
  #report
  #socket = null
  #ready = false
  #followed = []
  #operations = new Map()
  #number = 0
  #attempts = 0
  #timer
  #heard = 0 // when something was heard last
  #deadline = null // when something must have been heard

  /** `report` is called with 'connecting', 'connected' or 'lost' whenever that changes. */
  constructor(url, report) {
    this.#url = url
    this.#report = report
    addEventListener('online', () => this.#wake())
    addEventListener('pageshow', () => this.#wake())
    document.addEventListener('visibilitychange', () => document.hidden || this.#wake())
    setInterval(() => this.#check(), 1_000)
    report('connecting')
    this.#connect()
  }

  /**
   * Follow something for as long as the page is there.
   *
   * `snapshot`, a query with `liveCursor`, is handed to `read` at first and when its cursor has expired; `next` gets
   * each update of `subscription`, which takes `$after`. Without a `snapshot` the subscription begins anew with each
   * connection; without a `subscription` the snapshot is read with each.
   *
   * `variables` are the variables, or a function that gives them. Returns a function that reads afresh.
   */
  follow({ snapshot, read, subscription, next, variables = {} }) {
    const one = { snapshot, read, subscription, next, variables, after: null, operation: null }
    this.#followed.push(one)
    if (this.#ready) this.#begin(one)
    return () => {
      one.after = null
      if (this.#ready) this.#begin(one)
    }
  }

  #begin(one) {
    this.#stop(one)
    if (one.snapshot && one.after === null) {
      this.#operate(one, one.snapshot, {}, (answer) => {
        one.read(answer.data)
        if (!one.subscription) return
        one.after = answer.data.liveCursor
        this.#begin(one)
      })
    } else {
      const after = one.snapshot ? { after: one.after } : {}
      this.#operate(one, one.subscription, after, (answer) => {
        one.next(answer.data)
        if (one.snapshot) one.after = answer.extensions.cursor
      })
    }
  }

  #operate(one, query, more, next) {
    const id = String((this.#number += 1))
    const given = typeof one.variables === 'function' ? one.variables() : one.variables
    one.operation = id
    this.#operations.set(id, { one, next, ends: query === one.snapshot })
    this.#send({ id, type: 'subscribe', payload: { query, variables: { ...given, ...more } } })
  }

  #stop(one) {
    if (this.#operations.delete(one.operation)) this.#send({ id: one.operation, type: 'complete' })
  }

  #connect() {
    clearTimeout(this.#timer)
    const socket = new WebSocket(this.#url, PROTOCOL)
    this.#socket = socket
    this.#deadline = Date.now() + PATIENCE
    const mine = (act) => (event) => this.#socket === socket && act(event)
    socket.onopen = mine(() => this.#send({ type: 'connection_init' }))
    socket.onmessage = mine(({ data }) => this.#hear(JSON.parse(data)))
    socket.onclose = mine(() => this.#lose())
  }

  #hear(message) {
    this.#heard = Date.now()
    const operation = this.#operations.get(message.id)
    switch (message.type) {
      case 'connection_ack':
        this.#deadline = null
        this.#ready = true
        this.#report('connected')
        for (const one of this.#followed) this.#begin(one)
        break
      case 'ping':
        this.#send({ type: 'pong' })
        break
      case 'pong':
        this.#deadline = null
        break
      case 'next':
        if (!operation) break // it was stopped meanwhile
        if (message.payload.errors) this.#fail(operation, message.payload.errors)
        else {
          this.#attempts = 0
          operation.next(message.payload)
        }
        break
      case 'error':
        if (operation) this.#fail(operation, message.payload)
        break
      case 'complete':
        this.#operations.delete(message.id)
        if (operation && !operation.ends) this.#lose() // the server stops: it says so before it closes
    }
  }

  #fail({ one }, errors) {
    if (errors.some((error) => error.extensions?.code === 'CURSOR_EXPIRED')) {
      one.after = null
      this.#begin(one)
    } else {
      console.warn('An operation failed.', errors)
      this.#lose()
    }
  }

  /** Without a connection: try again, after pauses that grow, of random length so that not all clients come at once. */
  #lose() {
    const socket = this.#socket
    this.#socket = null
    this.#ready = false
    this.#deadline = null
    this.#operations.clear()
    socket?.close()
    this.#report('lost')
    const pause = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** this.#attempts)
    this.#attempts += 1
    this.#timer = setTimeout(() => this.#connect(), pause * (0.5 + Math.random() / 2))
  }

  /** A connection can die without a word, as when the computer sleeps. */
  #check() {
    if (!this.#socket) return
    const time = Date.now()
    if (this.#deadline !== null) {
      if (time > this.#deadline) this.#lose()
    } else if (time - this.#heard > SILENCE) {
      this.#ping(time - this.#heard > 2 * SILENCE ? WAKING : PATIENCE)
    }
  }

  #wake() {
    if (!this.#socket) this.#connect()
    else if (this.#ready) this.#ping(WAKING)
  }

  #ping(patience) {
    this.#send({ type: 'ping' })
    this.#deadline = Math.min(this.#deadline ?? Infinity, Date.now() + patience)
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}
