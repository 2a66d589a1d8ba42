// Who is signed in: tokens in each tab's sessionStorage, the same in all tabs of the browser, renewed before they are over.
import { ADDRESS, ROOT } from './address.js'
import { peers } from './peers.js'
import { session } from './storage.js'

const KEY = `mitwirk:account${ROOT}`
// A token that is over within this time is renewed.
const MARGIN = 30_000
// After this time it is looked at again, if not before; and if the server wasn't there.
const LONGEST = 3_600_000
const AGAIN = 10_000

const PAYLOAD = `accessToken expiresAt refreshToken userErrors { path message }
    viewer { email role member { id name } actsFor { id name } }`
const SIGN_IN = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { ${PAYLOAD} } }`
const REFRESH = `mutation Refresh($token: String!) { refreshSession(refreshToken: $token) { ${PAYLOAD} } }`
const SIGN_OUT = 'mutation SignOut { signOut { userErrors { message } } }'

/** The server refused, and says why; `path` names what of the input it is about. */
export class Refused extends Error {
  constructor(message, path = []) {
    super(message)
    this.path = path
  }
}

/** What the one root field of an operation answers. Throws `Refused` with the server's reason. */
export async function ask(query, variables, headers) {
  const response = await fetch(ADDRESS, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors?.length) throw new Refused(errors[0].message)
  const [payload] = Object.values(data)
  if (payload?.userErrors?.length) throw new Refused(payload.userErrors[0].message, payload.userErrors[0].path)
  return payload
}

export class AccountStore {
  #account = JSON.parse(session.getItem(KEY) ?? 'null')
  #listeners = new Set()
  #renewal = null
  #timer
  // Every token given to this page: what it may replace or remove in the headers that people see.
  #given = new Set(this.#account ? [this.#account.accessToken] : [])
  #peers = peers({ mine: () => this.#account, heard: (account) => this.#hear(account) })

  constructor() {
    this.#wait()
    // One that was opened anew may have slept through a renewal.
    this.#peers.ask()
  }

  subscribe = (listener) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The account that is signed in, or null. */
  current = () => this.#account

  /** Sign in, by a `SignInInput`. Throws `Refused` with the server's reason. */
  async signIn(input, language) {
    this.accept(await ask(SIGN_IN, { input }, { 'Accept-Language': language }))
  }

  /** Be who the server says by this `SignInPayload`, whichever mutation gave it. */
  accept({ accessToken, expiresAt, refreshToken, viewer }) {
    const { email, role, member, actsFor } = viewer
    const name = member?.name ?? email ?? ''
    this.#keep({ accessToken, expiresAt, refreshToken, name, email, role, member, actsFor })
    this.#peers.tell(this.#account)
  }

  /** End the session on the server too; here, in all tabs, it ends in any case. */
  async signOut() {
    const headers = this.authorization()
    this.#end()
    if (headers.Authorization) await ask(SIGN_OUT, {}, headers).catch(() => {})
  }

  /** The headers by which the server knows who asks; none for a guest. */
  authorization() {
    return this.#account ? { Authorization: this.#bearer() } : {}
  }

  /** `headers` with the token that holds now, where they carry one that this page was given. */
  async renewed(headers) {
    if (!this.#given.has(tokenOf(headers))) return headers
    if (this.#isDue()) await this.#renew()
    const { Authorization: _before, ...others } = headers
    return { ...others, ...this.authorization() }
  }

  /** Headers as JSON text with the token of who is signed in, or with none; what people wrote themselves stays. */
  fill(text) {
    let headers
    try {
      headers = JSON.parse(text.trim() || '{}')
    } catch {
      return text
    }
    const token = tokenOf(headers)
    if (headers.Authorization !== undefined && !this.#given.has(token)) return text
    if (token === this.#account?.accessToken) return text
    const { Authorization: _replaced, ...others } = headers
    const filled = { ...this.authorization(), ...others }
    return Object.keys(filled).length ? JSON.stringify(filled, null, 2) : ''
  }

  #bearer() {
    return `Bearer ${this.#account.accessToken}`
  }

  #isDue() {
    return this.#account !== null && Date.parse(this.#account.expiresAt) - Date.now() < MARGIN
  }

  /** Renew the token, unless another tab does at the time. Throws where the server isn't there. */
  #renew() {
    this.#renewal ??= this.#peers.alone(() => this.#exchange()).finally(() => (this.#renewal = null))
    return this.#renewal
  }

  async #exchange() {
    await this.#peers.ask()
    if (!this.#isDue()) return
    const before = this.#account
    try {
      const payload = await ask(REFRESH, { token: before.refreshToken })
      // Who signed out meanwhile, in whichever tab, stays so.
      if (this.#account === before) this.accept(payload)
    } catch (error) {
      // Only the server's word ends a session: without a network it is tried again.
      if (!(error instanceof Refused)) throw error
      if (this.#account === before) this.#end()
    }
  }

  /** Look again when the token is nearly over. */
  #wait(atLeast = 0) {
    clearTimeout(this.#timer)
    if (!this.#account) return
    const left = Date.parse(this.#account.expiresAt) - Date.now() - MARGIN
    this.#timer = setTimeout(
      async () => {
        if (this.#isDue()) await this.#renew().catch(() => {})
        this.#wait(AGAIN)
      },
      Math.min(Math.max(left, atLeast), LONGEST),
    )
  }

  /** What another tab says: that one signed out, or by which token all ask now. */
  #hear(account) {
    const isNewer = account && (!this.#account || Date.parse(account.expiresAt) > Date.parse(this.#account.expiresAt))
    if (account === null || isNewer) this.#keep(account)
  }

  #end() {
    this.#keep(null)
    this.#peers.tell(null)
  }

  #keep(account) {
    this.#account = account
    if (account) {
      this.#given.add(account.accessToken)
      session.setItem(KEY, JSON.stringify(account))
    } else session.removeItem(KEY)
    this.#wait(AGAIN)
    this.#listeners.forEach((listener) => listener())
  }
}

const tokenOf = (headers) => /^Bearer (.+)$/.exec(headers.Authorization ?? '')?.[1]
