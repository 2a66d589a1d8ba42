// The audit suite of GraphQL over HTTP: prints each rule with its result.
import { serverAudits } from 'graphql-http'

const [url] = process.argv.slice(2)
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const { status, reason } = await audit.fn()
  console.log(JSON.stringify([audit.name, status, reason ?? '']))
}
