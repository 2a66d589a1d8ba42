// The tabs of this browser that show this page tell each other who is signed in: from memory to memory, at this origin.
import { ROOT } from './address.js'

const NAME = `mitwirk:account:${ROOT}`
// How long the others have to answer. They do at once; who doesn't isn't there, or is asleep.
const PATIENCE = 300

// Two tabs that exchange the same token at a time would end the session. Where a browser can't keep them apart, as on
// pages that came without TLS, they share nothing.
export const shares = 'BroadcastChannel' in globalThis && Boolean(navigator.locks)

/** `mine()` is what the others are told when they ask; `heard(account)` is told what they say, null when one signed out. */
export function peers({ mine, heard }) {
  if (!shares) return { tell: () => {}, ask: async () => {}, alone: (work) => work() }
  const channel = new BroadcastChannel(NAME)
  let answered = () => {}
  channel.onmessage = ({ data }) => {
    if (data.ask) {
      if (mine()) channel.postMessage({ account: mine() })
      return
    }
    heard(data.account)
    answered()
  }
  return {
    tell: (account) => channel.postMessage({ account }),
    /** Ask the others, and wait for the first that answers. */
    ask: () =>
      new Promise((done) => {
        answered = done
        setTimeout(done, PATIENCE)
        channel.postMessage({ ask: true })
      }),
    /** Do `work` while no other tab is at it. */
    alone: (work) => navigator.locks.request(NAME, work),
  }
}
