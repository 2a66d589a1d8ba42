// What must not leave this tab of the browser, neither in a link nor in what is kept when it is closed.

// By its name: a password, a token, a secret, a code. In JSON as in GraphQL, a text follows the name and a colon; a
// variable's type and "=" may stand between them, and the text may have no end yet.
const NAMED =
  /("?)\b(\w*(?:password|token|secret|verifier)|code|totp)\1(\s*:\s*(?:\w+!?\s*=\s*)?)("""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?)/gi
// By its looks: JSON Web Tokens, and the keys of partners.
const LOOKS = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\bmwk_\w{8,}/g
// Everybody knows it: without it an example would not run.
const PUBLIC = '"mitwirk-demo"'

/** The text with every secret in it left empty. */
export const withoutSecrets = (text) =>
  text
    .replace(NAMED, (all, quote, name, colon, value) => (value === PUBLIC ? all : `${quote}${name}${quote}${colon}""`))
    .replace(LOOKS, '')
