// graphql-sse, which resumes by the variable.
import { createClient } from 'graphql-sse'

const client = createClient({
  url: 'http://127.0.0.1:8000/graphql',
  retryAttempts: Infinity,
  retry: () => new Promise((resolve) => setTimeout(resolve, 300)),
})
const variables = {}
for await (const { data } of client.iterate({ query: '{ offers(first: 3) { liveCursor nodes { title } } }' })) {
  variables.after = data.offers.liveCursor
  console.log('loaded', data.offers.nodes.length)
}
const query = 'subscription ($after: String) { offerPublished(after: $after) { offer { title } } }'
for await (const { data, errors, extensions } of client.iterate({ query, variables })) {
  if (errors) throw new Error(JSON.stringify(errors))
  variables.after = extensions.cursor
  console.log(data.offerPublished.offer.title)
}
