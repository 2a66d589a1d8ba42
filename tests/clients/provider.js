// A provider of OpenID Connect, as a city has one: says who somebody is by the name that they type. Prints its issuer.
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const [redirect, ...secret] = process.argv.slice(2)
const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'mitwirk & co', client_secret: secret.join(' '), redirect_uris: [redirect] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    cookies: { keys: ['a key for tests only'] },
    features: { devInteractions: { enabled: true } },
    // The name that is typed is JSON: the claims.
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...JSON.parse(Buffer.from(sub, 'hex').toString()) }),
    }),
  })
  server.on('request', provider.callback())
  console.log(issuer)
})
