// graphql-ws, signed in with tokens that are soon over: retries every close that the server begins.
import { createClient } from 'graphql-ws'

const ADDRESS = '127.0.0.1:8000/graphql'
const SIGN_IN = 'mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }'

async function token() {
  for (;;) {
    try {
      const body = JSON.stringify({ query: SIGN_IN })
      const answer = await fetch(`http://${ADDRESS}`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
      return (await answer.json()).data.signIn.accessToken
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

const client = createClient({
  url: `ws://${ADDRESS}`,
  connectionParams: async () => ({ Authorization: `Bearer ${await token()}` }),
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 300)),
  on: { closed: ({ code }) => console.log('closed', code) },
  lazy: false,
})
const variables = {}
for await (const { data } of client.iterate({ query: '{ liveCursor viewer { member { name } } }' })) {
  if (!data.viewer.member) throw new Error('not signed in')
  variables.after = data.liveCursor
  console.log('loaded', data.viewer.member.name)
}
const query = 'subscription ($after: String) { offerPublished(after: $after) { offer { title } } }'
for await (const { data, errors, extensions } of client.iterate({ query, variables })) {
  if (errors) throw new Error(JSON.stringify(errors))
  variables.after = extensions.cursor
  console.log(data.offerPublished.offer.title)
}
