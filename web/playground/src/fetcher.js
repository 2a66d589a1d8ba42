// How GraphiQL asks: over HTTP, and over a WebSocket for subscriptions, both at this page's own origin.
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { Kind, parse } from 'graphql'
import { createClient } from 'graphql-ws'

const ADDRESS = '/graphql'
const FORBIDDEN = 4403

/**
 * A fetcher for GraphiQL. `language` tells the language to ask for, `tell` is told how the live connection fares:
 * "connecting", "connected", "lost" or null.
 */
export function createFetcher({ account, language, tell }) {
  return async (given, options) => {
    const { parameters, documentAST } = matched(given, options)
    const typed = options?.headers ?? {}
    const headers = { 'Accept-Language': language(), ...(await account.renewed(typed)) }
    const fetcher = createGraphiQLFetcher({
      url: ADDRESS,
      enableIncrementalDelivery: false,
      wsClient: createSocket(async () => ({ 'Accept-Language': language(), ...(await account.renewed(typed)) }), tell),
    })
    return fetcher(parameters, { ...options, documentAST, headers })
  }
}

/** Name and document that belong to the query: right after a change of tabs GraphiQL still gives those of the last. */
function matched(parameters, options) {
  let documentAST
  try {
    documentAST = parse(parameters.query)
  } catch {
    // The server says what is wrong with it.
    return { parameters, documentAST: options?.documentAST }
  }
  const names = documentAST.definitions
    .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    .map(({ name }) => name?.value)
  const { operationName } = parameters
  const known = !operationName || names.includes(operationName)
  return { parameters: known ? parameters : { ...parameters, operationName: names[0] }, documentAST }
}

function createSocket(connectionParams, tell) {
  let welcome = false
  return createClient({
    url: new URL(ADDRESS, location.href.replace(/^http/, 'ws')).href,
    connectionParams,
    retryAttempts: Infinity,
    // A token that never was good doesn't become so; one that is over is renewed.
    shouldRetry: (event) => !(event?.code === FORBIDDEN && !welcome),
    on: {
      connecting: (isRetry) => tell(isRetry ? 'lost' : 'connecting'),
      connected: () => {
        welcome = true
        tell('connected')
      },
      closed: (event) => tell(event?.wasClean && event.code === 1000 ? null : 'lost'),
      error: () => tell(null),
    },
  })
}
