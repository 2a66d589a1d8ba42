// What the page remembers: in this tab of the browser everything, beyond it what holds no secret.
import { withoutSecrets } from './secrets.js'

function memory() {
  const entries = new Map()
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
    keys: () => [...entries.keys()],
  }
}

function usable(name) {
  try {
    const storage = window[name]
    storage.getItem('')
    return {
      getItem: (key) => storage.getItem(key),
      setItem: (key, value) => {
        try {
          storage.setItem(key, value)
        } catch {
          // It is full: then this is forgotten.
        }
      },
      removeItem: (key) => storage.removeItem(key),
      keys: () => Object.keys(storage),
    }
  } catch {
    // The browser allows none.
    return memory()
  }
}

export const session = usable('sessionStorage')
export const lasting = usable('localStorage')

const TABS = 'graphiql:tabState'
// What is read of the tab that is shown, and kept nowhere else.
const EDITORS = { 'graphiql:query': 'query', 'graphiql:variables': 'variables' }
// What of GraphiQL's outlasts the tab, and under which name each holds its list of queries.
const LISTS = { [TABS]: 'tabs', 'graphiql:queries': 'queries', 'graphiql:favorites': 'favorites' }
const PLAIN = new Set(['graphiql:theme'])
// The history is the browser's, the open tabs are this window's as long as it is open.
const SHARED = new Set(['graphiql:queries', 'graphiql:favorites'])
// Characters of each; of what is longer the oldest go.
const MOST = 200_000

/** What of it is kept when the browser's tab is closed: no headers, no secrets, no more than fits. Null: nothing. */
function kept(key, value) {
  if (PLAIN.has(key)) return value
  const list = LISTS[key]
  if (!list) return null
  try {
    const { [list]: all, ...rest } = JSON.parse(value)
    const clean = all.map((one) => ({
      ...one,
      headers: null,
      query: one.query && withoutSecrets(one.query),
      variables: one.variables && withoutSecrets(one.variables),
    }))
    for (let from = 0; from <= clean.length; from += 1) {
      const left = clean.slice(from)
      const activeTabIndex = Math.max(0, (rest.activeTabIndex ?? 0) - from)
      const text = JSON.stringify({ ...rest, ...('activeTabIndex' in rest && { activeTabIndex }), [list]: left })
      if (text.length <= MOST) return left.length ? text : null
    }
  } catch {
    // It is nothing that we know: then it isn't kept.
  }
  return null
}

function store(key, value) {
  if (!SHARED.has(key)) session.setItem(key, value)
  const text = kept(key, value)
  if (text !== null) lasting.setItem(key, text)
  else if (SHARED.has(key)) lasting.removeItem(key)
}

/** Keep the open tabs as they are now, without their headers and answers. */
export function storeTabs({ tabs, activeTabIndex }) {
  const plain = tabs.map((one) => ({ ...one, hash: null, headers: null, response: null }))
  store(TABS, JSON.stringify({ tabs: plain, activeTabIndex }))
}

const read = (key) => (SHARED.has(key) ? lasting.getItem(key) : (session.getItem(key) ?? lasting.getItem(key)))

/** What the tab holds that was shown last; null where none is known. */
function shown(part) {
  try {
    const { tabs, activeTabIndex } = JSON.parse(read(TABS))
    return tabs[activeTabIndex][part] || null
  } catch {
    return null
  }
}

/** For GraphiQL. Its own choice, localStorage alone, would keep passwords and tokens too. */
export const editors = {
  getItem: (key) => (key in EDITORS ? shown(EDITORS[key]) : read(key)),
  // It stores the tabs half a second late, one state after the other, and what its editors hold beside them: of a page
  // that is left the last is lost, and where only some of it was stored it opens one more tab.
  setItem: (key, value) => key === TABS || key in EDITORS || store(key, value),
  removeItem: (key) => {
    session.removeItem(key)
    lasting.removeItem(key)
  },
  get length() {
    return own(session).length
  },
  clear: () => {
    for (const storage of [session, lasting]) own(storage).forEach(storage.removeItem)
  },
}

const own = (storage) => storage.keys().filter((key) => key.startsWith('graphiql:'))
