// What the page remembers: for as long as the browser's tab is open, the language apart.

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

/** For GraphiQL, whose own choice would keep what people typed, passwords too, after the tab is closed. */
export const editors = {
  ...session,
  get length() {
    return own().length
  },
  clear: () => own().forEach(session.removeItem),
}

const own = () => session.keys().filter((key) => key.startsWith('graphiql:'))
