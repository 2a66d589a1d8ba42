// graphql-ws: retries each close that the server begins, and resumes. Its first connection_init comes too late.
import { createClient } from 'graphql-ws'

let late = true
const client = createClient({
  url: 'ws://127.0.0.1:8000/graphql',
  connectionParams: async () => {
    if (late) await new Promise((resolve) => setTimeout(resolve, 2000))
    late = false
    return {}
  },
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 300)),
  on: { closed: ({ code }) => console.log('closed', code) },
  lazy: false,
})
const variables = {}
for await (const { data } of client.iterate({ query: '{ liveCursor }' })) {
  variables.after = data.liveCursor
  console.log('loaded')
}
const wide = Array.from({ length: 20 }, (_, number) => `text${number}: description`).join(' ')
const query = `subscription ($after: String) { offerPublished(after: $after) { offer { title ${wide} } } }`
for await (const { data, errors, extensions } of client.iterate({ query, variables })) {
  if (errors) throw new Error(JSON.stringify(errors))
  variables.after = extensions.cursor
  console.log(data.offerPublished.offer.title)
}
