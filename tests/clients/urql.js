// urql: its fetch exchange, which accepts streams for everything, with document cache.
import assert from 'node:assert/strict'
import { Client, cacheExchange, fetchExchange, gql } from '@urql/core'

const [url] = process.argv.slice(2)
const client = new Client({ url, exchanges: [cacheExchange, fetchExchange], preferGetMethod: false })
const BOARD = gql`
  query Board($first: Int) {
    offers(first: $first) {
      nodes {
        id
        title
      }
    }
  }
`
const first = await client.query(BOARD, { first: 3 })
assert.ifError(first.error)
assert.equal(first.data.offers.nodes.length, 3)
const again = await client.query(BOARD, { first: 3 })
assert.equal(again.operation.context.meta.cacheOutcome, 'hit')
const refused = await client.query(gql`{ nothing }`, {})
assert.equal(refused.error.graphQLErrors[0].extensions.code, 'BAD_REQUEST')

// A subscription without a WebSocket: urql takes server-sent events.
const live = new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true })
const LIST = gql`subscription { liveOffers(first: 1) { __typename } }`
live.subscription(LIST, {}).subscribe(({ data, error }) => {
  assert.ifError(error)
  assert.equal(data.liveOffers.__typename, 'OffersSnapshot')
  process.exit(0)
})
