// Apollo Client's PersistedQueryLink and urql's persistedExchange, as their documentation sets them up: each sends a hash
// first, is told that it isn't known, sends both, and sends hashes from then on; so does every other client at once.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { persistedExchange } from '@urql/exchange-persisted'
import { print } from 'graphql'
import { createClient } from 'graphql-ws'

const [url] = process.argv.slice(2)
const socketUrl = url.replace('http', 'ws')
const NETWORK = gql`
  query Network {
    network {
      name
    }
  }
`
const OFFERS = gql`
  query Offers($first: Int) {
    offers(first: $first) {
      totalCount
    }
  }
`
const REFRESH = gql`
  mutation Refresh {
    refreshSession(refreshToken: "none") {
      userErrors {
        code
      }
    }
  }
`
const LIST = gql`
  subscription List {
    liveOffers(first: 1) {
      __typename
    }
  }
`

/** The same documents as nobody has sent them yet. */
let made = 0
const fresh = (document) => gql(print(document).replace('{', `{ alias${made++}: __typename`))

/** A fetch that notes of each request its method and whether it holds a document. */
function noting() {
  const seen = []
  const noted = async (address, options) => {
    const given = options.method === 'GET' ? Object.fromEntries(new URL(address).searchParams) : JSON.parse(options.body)
    seen.push(`${options.method} ${given.query ? 'document' : 'hash'}`)
    return fetch(address, options)
  }
  return { seen, noted }
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex')

for (const useGETForHashedQueries of [false, true]) {
  const network = fresh(NETWORK)
  const offers = fresh(OFFERS)
  const refresh = fresh(REFRESH)
  const hash = useGETForHashedQueries ? 'GET hash' : 'POST hash'
  for (const isKnown of [false, true]) {
    const { seen, noted } = noting()
    const client = new ApolloClient({
      link: new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(new HttpLink({ uri: url, fetch: noted })),
      cache: new InMemoryCache(),
    })
    assert.ok((await client.query({ query: network })).data.network.name)
    assert.ok((await client.query({ query: offers, variables: { first: 2 } })).data.offers.totalCount)
    const { data } = await client.mutate({ mutation: refresh })
    assert.equal(data.refreshSession.userErrors[0].code, 'EXPIRED')
    const expected = isKnown
      ? [hash, hash, 'POST hash']
      : [hash, 'POST document', hash, 'POST document', 'POST hash', 'POST document']
    assert.deepEqual(seen, expected)
    client.stop()
  }
}

{
  // A mutation first, and documents whose ids somebody else made.
  const { seen, noted } = noting()
  const link = new PersistedQueryLink({ generateHash: () => 'an id of ours' })
  const client = new ApolloClient({ link: link.concat(new HttpLink({ uri: url, fetch: noted })), cache: new InMemoryCache() })
  const { data } = await client.mutate({ mutation: REFRESH })
  assert.equal(data.refreshSession.userErrors[0].code, 'EXPIRED')
  assert.deepEqual(seen, ['POST hash', 'POST document'])
  client.stop()
}

for (const streamed of [false, true, false, true]) {
  const socket = createClient({ url: socketUrl })
  const { noted } = noting()
  const last = streamed ? new HttpLink({ uri: url, fetch: noted }) : new GraphQLWsLink(socket)
  const link = ApolloLink.from([new PersistedQueryLink({ sha256 }), last])
  const client = new ApolloClient({ link, cache: new InMemoryCache() })
  const { data } = await new Promise((resolve, reject) =>
    client.subscribe({ query: LIST }).subscribe({ next: resolve, error: reject }),
  )
  assert.equal(data.liveOffers.__typename, 'OffersSnapshot')
  client.stop()
  socket.dispose()
}

for (const preferGetForPersistedQueries of [undefined, false, 'force']) {
  const documents = [[fresh(NETWORK), {}], [fresh(OFFERS), { first: 2 }]]
  const refresh = fresh(REFRESH)
  for (const isKnown of [false, true]) {
    const { seen, noted } = noting()
    const exchange = persistedExchange({ preferGetForPersistedQueries, enableForMutation: true })
    const client = new Client({ url, fetch: noted, preferGetMethod: false, exchanges: [exchange, fetchExchange] })
    for (const [document, variables] of documents) {
      const { data, error } = await client.query(document, variables)
      assert.ifError(error)
      assert.ok(data)
    }
    const { data } = await client.mutation(refresh, {})
    assert.equal(data.refreshSession.userErrors[0].code, 'EXPIRED')
    assert.equal(seen.filter((one) => one.endsWith('hash')).length, 3)
    assert.equal(seen.length, isKnown ? 3 : 6)
  }
}

for (const streamed of [false, true]) {
  const socket = createClient({ url: socketUrl })
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query || '' }, sink) }),
  })
  const last = streamed ? fetchExchange : subscriptionExchange({ forwardSubscription })
  const exchange = persistedExchange({ enableForSubscriptions: true })
  const client = new Client({ url, preferGetMethod: false, fetchSubscriptions: streamed, exchanges: [exchange, last] })
  const { data } = await new Promise((resolve, reject) =>
    client.subscription(LIST, {}).subscribe((result) => (result.error ? reject(result.error) : resolve(result))),
  )
  assert.equal(data.liveOffers.__typename, 'OffersSnapshot')
}
process.exit(0)
