// Who is signed in: tokens in this tab's sessionStorage, renewed before they are over.
import { ADDRESS } from './address.js'
import { session } from './storage.js'

const KEY = 'mitwirk:account'
// A token that is over within this time is renewed before it is used.
const MARGIN = 30_000

const PAYLOAD = `accessToken expiresAt refreshToken userErrors { message }
    viewer { email member { name } }`
const SIGN_IN = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { ${PAYLOAD} } }`
const REFRESH = `mutation Refresh($token: String!) { refreshSession(refreshToken: $token) { ${PAYLOAD} } }`
const SIGN_OUT = 'mutation SignOut { signOut { userErrors { message } } }'

/** The server refused, and says why. */
export class Refused extends Error {}

async function ask(query, variables, headers) {
  const response = await fetch(ADDRESS, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors?.length) throw new Refused(errors[0].message)
  const [payload] = Object.values(data)
  if (payload.userErrors.length) throw new Refused(payload.userErrors[0].message)
  return payload
}

export class AccountStore {
  #account = JSON.parse(session.getItem(KEY) ?? 'null')
  #listeners = new Set()
  #renewal = null
  // Every token given to this page: what it may replace or remove in the headers that people see.
  #given = new Set(this.#account ? [this.#account.accessToken] : [])

  subscribe = (listener) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The account that is signed in, or null. */
  current = () => this.#account

  /** Sign in. Throws `Refused` with the server's reason. */
  async signIn(email, password, language) {
    this.#accept(await ask(SIGN_IN, { input: { email, password } }, { 'Accept-Language': language }))
  }

  /** End the session on the server too; here it ends in any case. */
  async signOut() {
    const authorization = this.#account && this.#bearer()
    this.#keep(null)
    if (authorization) await ask(SIGN_OUT, {}, { Authorization: authorization }).catch(() => {})
  }

  /** `headers` with the token that holds now, where they carry one that this page was given. */
  async renewed(headers) {
    if (!this.#account || headers.Authorization !== this.#bearer()) return headers
    if (Date.parse(this.#account.expiresAt) - Date.now() < MARGIN) {
      this.#renewal ??= this.#renew().finally(() => (this.#renewal = null))
      await this.#renewal
    }
    if (this.#account) return { ...headers, Authorization: this.#bearer() }
    const { Authorization: _over, ...others } = headers
    return others
  }

  /** Headers as JSON text with the token of who is signed in, or with none; what people wrote themselves stays. */
  fill(text) {
    let headers
    try {
      headers = JSON.parse(text.trim() || '{}')
    } catch {
      return text
    }
    const token = /^Bearer (.+)$/.exec(headers.Authorization ?? '')?.[1]
    if (headers.Authorization !== undefined && !this.#given.has(token)) return text
    if (token === this.#account?.accessToken) return text
    const { Authorization: _replaced, ...others } = headers
    const filled = this.#account ? { Authorization: this.#bearer(), ...others } : others
    return Object.keys(filled).length ? JSON.stringify(filled, null, 2) : ''
  }

  #bearer() {
    return `Bearer ${this.#account.accessToken}`
  }

  async #renew() {
    try {
      this.#accept(await ask(REFRESH, { token: this.#account.refreshToken }))
    } catch (error) {
      // Only the server's word ends a session: without a network it is tried again.
      if (!(error instanceof Refused)) throw error
      this.#keep(null)
    }
  }

  #accept({ accessToken, expiresAt, refreshToken, viewer }) {
    this.#given.add(accessToken)
    this.#keep({ accessToken, expiresAt, refreshToken, name: viewer?.member?.name ?? viewer?.email ?? '' })
  }

  #keep(account) {
    this.#account = account
    if (account) session.setItem(KEY, JSON.stringify(account))
    else session.removeItem(KEY)
    this.#listeners.forEach((listener) => listener())
  }
}
