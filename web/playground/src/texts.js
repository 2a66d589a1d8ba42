// Our own texts. GraphiQL's are English.

export const LANGUAGES = { de: 'Deutsch', en: 'English' }

export const TEXTS = {
  de: {
    title: 'API ausprobieren',
    playground: 'Anfragen an die API',
    language: 'Sprache',
    examples: 'Beispiele zurücksetzen',
    signIn: 'Anmelden',
    signOut: 'Abmelden',
    signedInAs: 'Angemeldet:',
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    cancel: 'Abbrechen',
    demonstration: 'Zum Ausprobieren, Passwort jeweils',
    note: 'Die Anmeldung gilt in diesem Tab des Browsers und füllt dort „Authorization“ unter „Headers“.',
    failed: 'Der Server ist gerade nicht zu erreichen. Bitte später noch einmal versuchen.',
    connecting: 'Verbindet sich …',
    connected: 'Live verbunden',
    lost: 'Unterbrochen, neuer Versuch …',
    roles: { office: 'Koordinierungsstelle', coordinator: 'Gruppenkoordination', member: 'Mitglied', applicant: 'Neu beworben' },
  },
  en: {
    title: 'Try the API',
    playground: 'Queries to the API',
    language: 'Language',
    examples: 'Reset examples',
    signIn: 'Sign in',
    signOut: 'Sign out',
    signedInAs: 'Signed in:',
    email: 'E-mail address',
    password: 'Password',
    cancel: 'Cancel',
    demonstration: 'To try things, each with the password',
    note: 'This signs you in within this tab of the browser, and fills “Authorization” under “Headers”.',
    failed: 'The server can’t be reached at the moment. Please try again later.',
    connecting: 'Connecting …',
    connected: 'Live',
    lost: 'Lost, connecting again …',
    roles: { office: 'coordination office', coordinator: 'coordinates a group', member: 'member', applicant: 'has applied' },
  },
}
