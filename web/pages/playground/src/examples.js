// What the playground opens with. Everything runs on the demonstration data.

const GROUP = 'suche-biete-plattform'

const BOARD = `query Board {
  offers(first: 5, filter: { direction: SEEK }) {
    totalCount
    nodes {
      title
      category
      owner { name }
      group { name }
      district { name }
      publishedAt
    }
    pageInfo { hasNextPage endCursor }
  }
}
`

const ONE_GROUP = `query Group($slug: String!) {
  group(slug: $slug) {
    name
    purpose
    memberCount
    members(first: 5) {
      edges { role node { name kind } }
    }
    events(first: 5) {
      nodes { title startsAt venue { name } remainingSeats }
    }
  }
}
`

const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    accessToken
    expiresAt
    viewer { member { name } actsFor { name } }
    userErrors { path code message }
  }
}
`

const PUBLISH = `mutation PublishOffer($input: CreateOfferInput!) {
  createOffer(input: $input) {
    offer { id slug status title publishedAt }
    userErrors { path code message }
  }
}
`

const WATCH = `subscription WatchBoard {
  offerPublished {
    cursor
    offer { title owner { name } }
  }
}
`

const CREDENTIALS = { input: { email: 'member@mitwirk.example', password: 'mitwirk-demo' } }

const COMMENTS = {
  de: {
    board: `# Das Brett: wer sucht gerade was?
# Mit dem Dreieck oder mit Strg+Enter ausführen.
# PROVIDE statt SEEK zeigt, wer etwas bietet.`,
    group: `# Eine Arbeitsgruppe, ihre Mitglieder und Termine.
# Welche, steht unten unter „Variables“.`,
    signIn: `# So loggt sich ein Programm ein. Hier geht es
# einfacher: mit „Einloggen“ oben rechts.`,
    publish: `# Etwas suchen oder bieten. Vorher oben rechts
# einloggen, sonst kommt UNAUTHENTICATED.
# Der erste Eintrag von Mitwirkenden wartet auf die
# Koordinierungsstelle (IN_REVIEW).`,
    watch: `# Neue Einträge, sobald sie erscheinen. Starten,
# dann in einem zweiten Fenster des Browsers
# etwas veröffentlichen.`,
  },
  en: {
    board: `# The board: who is looking for what?
# Run it by the triangle or by Ctrl+Enter.
# PROVIDE instead of SEEK shows who offers something.`,
    group: `# A working group, its members and events.
# Which one stands below, under "Variables".`,
    signIn: `# This is how a program signs in. Here it is
# easier: by "Sign in" at the top right.`,
    publish: `# Seek or provide something. Sign in at the top
# right before, else you get UNAUTHENTICATED.
# A member's first entry waits for the
# coordination office (IN_REVIEW).`,
    watch: `# New entries as they appear. Run it, then
# publish something in a second window
# of the browser.`,
  },
}

const OFFERS = {
  de: {
    title: 'Helfende Hände für das Sommerfest',
    description: 'Wir suchen fünf Menschen, die beim Aufbau der Stände mit anpacken. Für Getränke ist gesorgt.',
  },
  en: {
    title: 'Helping hands for the summer party',
    description: 'We are looking for five people who help to set up the stalls. Drinks are on us.',
  },
}

const json = (value) => JSON.stringify(value, null, 2)

/** The tabs in a language. The first has no variables: GraphiQL would not show them. */
export function examples(language) {
  const comments = COMMENTS[language]
  const offer = { direction: 'SEEK', category: 'HELPING_HANDS', ...OFFERS[language], remote: false, publish: true }
  return [
    { query: `${comments.board}\n${BOARD}` },
    { query: `${comments.group}\n${ONE_GROUP}`, variables: json({ slug: GROUP }) },
    { query: `${comments.signIn}\n${SIGN_IN}`, variables: json(CREDENTIALS) },
    { query: `${comments.publish}\n${PUBLISH}`, variables: json({ input: offer }) },
    { query: `${comments.watch}\n${WATCH}` },
  ]
}

/** Whether these tabs are still the examples of that language, untouched. */
export function untouched(tabs, language) {
  const known = examples(language)
  return tabs.length === known.length && tabs.every((tab, index) => tab.query === known[index].query)
}
