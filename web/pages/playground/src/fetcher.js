// How GraphiQL asks: over HTTP, and over a WebSocket for subscriptions, both at this page's own origin.
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { Kind, parse } from 'graphql'
import { createClient } from 'graphql-ws'

import { ADDRESS } from './address.js'

const FORBIDDEN = 4403

/**
 * A fetcher for GraphiQL. `language` tells the language to ask for, `tell` is told how the live connection fares:
 * "connecting", "connected", "lost" or null; `updates` gets what subscriptions answer.
 */
export function createFetcher({ account, language, tell, updates }) {
  return async (given, options) => {
    const { parameters, documentAST } = matched(given, options)
    // GraphiQL's own question for the schema isn't one of the person who looks at updates.
    if (parameters.operationName !== 'IntrospectionQuery') updates.begin()
    const typed = options?.headers ?? {}
    const headers = { 'Accept-Language': language(), ...(await account.renewed(typed)) }
    const fetcher = createGraphiQLFetcher({
      url: ADDRESS,
      enableIncrementalDelivery: false,
      wsClient: createSocket(
        async () => ({ 'Accept-Language': language(), ...(await account.renewed(typed)) }),
        tell,
        updates,
      ),
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

function createSocket(connectionParams, tell, updates) {
  let welcome = false
  let over = false
  const say = (state) => over || tell(state)
  const end = () => {
    over = true
    tell(null)
  }
  const client = createClient({
    url: new URL(ADDRESS, location.href.replace(/^http/, 'ws')).href,
    connectionParams,
    retryAttempts: Infinity,
    // A token that never was good doesn't become so; one that is over is renewed.
    shouldRetry: (event) => !(event?.code === FORBIDDEN && !welcome),
    on: {
      connecting: (isRetry) => say(isRetry ? 'lost' : 'connecting'),
      connected: () => {
        welcome = true
        say('connected')
      },
      closed: () => say('lost'),
    },
  })
  const subscribe = (payload, sink) =>
    client.subscribe(payload, {
      ...sink,
      next: (answer) => {
        updates.add(answer)
        sink.next(answer)
      },
      complete: () => {
        end()
        sink.complete()
      },
      error: (problem) => {
        // As an answer: GraphiQL shows it better than an exception.
        end()
        sink.next({ errors: told(problem) })
        sink.complete()
      },
    })
  return { ...client, subscribe }
}

function told(problem) {
  if (Array.isArray(problem)) return problem
  if (!(problem instanceof CloseEvent)) return [{ message: problem?.message ?? String(problem) }]
  const { code, reason } = problem
  return [{ message: reason || `The socket was closed by ${code}.`, extensions: { closeCode: code } }]
}
