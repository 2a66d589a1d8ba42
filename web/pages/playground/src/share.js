// Links that open the page with a query. All of it stands in the fragment, which no browser sends to a server.
import { withoutSecrets } from './secrets.js'

// Characters: what mail programs and chats still pass on whole.
const LONGEST = 16_000

/** A link to this query and its variables, `clean` where no secret had to be left out; null where it would be too long. */
export function linkTo(query, variables) {
  const shared = { query: withoutSecrets(query), variables: withoutSecrets(variables) }
  const fragment = new URLSearchParams(Object.entries(shared).filter(([, text]) => text.trim()))
  const link = `${location.origin}${location.pathname}#${fragment}`
  if (link.length > LONGEST) return null
  return { link, clean: shared.query === query && shared.variables === variables }
}

/** What a link asks for: an example by its name, or a query with its variables; null where it asks for nothing. */
export function askedBy(hash) {
  if (hash.length > LONGEST) return null
  const asked = new URLSearchParams(hash.slice(1))
  const [example, query, variables] = ['example', 'query', 'variables'].map((name) => asked.get(name) ?? '')
  return example || query ? { example, query, variables } : null
}

/** Forget the fragment: what it asked for is open, and may be changed by now. */
export const forget = () => history.replaceState(history.state, '', location.pathname + location.search)
