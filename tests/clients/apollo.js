// Apollo Client: a query answered by the cache, pages merged by relayStylePagination.
import assert from 'node:assert/strict'
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'

const [uri] = process.argv.slice(2)
const client = new ApolloClient({
  link: new HttpLink({ uri }),
  cache: new InMemoryCache({ typePolicies: { Query: { fields: { offers: relayStylePagination(['filter', 'sort']) } } } }),
})
const BOARD = gql`
  query Board($after: String) {
    offers(first: 5, after: $after) {
      edges {
        cursor
        node {
          id
          title
          owner {
            id
            name
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`
const board = client.watchQuery({ query: BOARD })
const ids = ({ data }) => data.offers.edges.map(({ node }) => node.id)
const { data } = await new Promise((resolve) =>
  board.subscribe((result) => result.dataState === 'complete' && resolve(result)),
)
assert.equal(data.offers.edges.length, 5)
assert.ok(data.offers.pageInfo.hasNextPage)
await board.fetchMore({ variables: { after: data.offers.pageInfo.endCursor } })
const merged = ids({ data: client.readQuery({ query: BOARD }) })
assert.equal(merged.length, 10)
assert.equal(new Set(merged).size, 10)

const cached = await client.query({ query: BOARD, fetchPolicy: 'cache-only' })
assert.deepEqual(ids(cached), merged)

const refused = await client.query({ query: gql`{ nothing }`, errorPolicy: 'all' })
assert.equal(refused.error.errors[0].extensions.code, 'BAD_REQUEST')
client.stop()
