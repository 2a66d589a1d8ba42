// Apollo Client and graphql-ws against a server that answers trusted documents only: the ids are those of the list, as
// graphql-codegen's documents carry them in `__meta__`.
import assert from 'node:assert/strict'
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { createClient } from 'graphql-ws'

const [url, id] = process.argv.slice(2)

async function asked(body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(body),
  })
  return answer.json()
}

assert.ok((await asked({ documentId: id })).data.offers.totalCount)
for (const body of [{ query: '{ __schema { types { name } } }' }, { query: '{ liveCursor }' }, { documentId: 'another' }]) {
  const { data, errors } = await asked(body)
  assert.equal(data, undefined)
  assert.equal(errors[0].extensions.code, 'DOCUMENT_NOT_TRUSTED')
}

// What the document says is the list's business: the client only names it.
const link = new PersistedQueryLink({ generateHash: () => id })
const client = new ApolloClient({ link: link.concat(new HttpLink({ uri: url })), cache: new InMemoryCache() })
const BOARD = gql`
  query Board {
    offers {
      totalCount
    }
  }
`
const { data } = await client.query({ query: BOARD, fetchPolicy: 'no-cache' })
assert.ok(data.offers.totalCount)
client.stop()

const socket = createClient({ url: url.replace('http', 'ws') })
for (const [payload, isTrusted] of [
  [{ documentId: id, query: '' }, true],
  [{ query: '{ liveCursor }' }, false],
]) {
  const outcome = await new Promise((resolve) => {
    socket.subscribe(payload, { next: (result) => resolve(result), error: (errors) => resolve({ errors }), complete: () => {} })
  })
  assert.equal(Boolean(outcome.data), isTrusted)
  if (!isTrusted) assert.equal(outcome.errors[0].extensions.code, 'DOCUMENT_NOT_TRUSTED')
}
socket.dispose()
process.exit(0)
