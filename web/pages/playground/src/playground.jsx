import { explorerPlugin } from '@graphiql/plugin-explorer'
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql'
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'

import { AccountStore } from './account.js'
import { Bar } from './bar.jsx'
import { EDITOR_THEMES, EditorThemes } from './editor_themes.jsx'
import { EXAMPLES, filled, opening, tabOf, untouched } from './examples.js'
import { createFetcher } from './fetcher.js'
import { askedBy, forget, linkTo } from './share.js'
import { editors, lasting, storeTabs } from './storage.js'
import { LANGUAGES, TEXTS } from './texts.js'
import { UpdateList } from './updates.jsx'
import { Updates } from './updates.js'
import { isOutdated } from './upgrade.js'

const KEY = 'mitwirk:language'
const PLUGINS = [explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN]
// Where variables and headers have room below the query. On a phone they are opened when needed.
const ROOMY = matchMedia('(min-width: 48rem)').matches

const account = new AccountStore()
const updates = new Updates()

/** The chosen language, or the one that the server found in the browser's own. */
function firstLanguage() {
  const chosen = lasting.getItem(KEY)
  return chosen in LANGUAGES ? chosen : document.documentElement.lang
}

export function Playground({ network, demonstration, documented }) {
  const [language, setLanguage] = useState(firstLanguage)
  const [live, tell] = useState(null)
  const [told, setTold] = useState(null)
  const [outdated, setOutdated] = useState(false)
  const [edition, setEdition] = useState(0)
  const desk = useRef(null)
  const spoken = useRef(language)
  const [fetcher] = useState(() => createFetcher({ account, language: () => spoken.current, tell, updates }))
  const texts = TEXTS[language]

  useEffect(() => {
    document.documentElement.lang = language
    document.title = `${network}: ${texts.title}`
  }, [network, language, texts])

  // A connection that comes back may lead to another build; so may a part of the page that can't be loaded any more.
  const before = useRef(live)
  useEffect(() => {
    if (before.current === 'lost' && live === 'connected') isOutdated().then((is) => is && setOutdated(true))
    before.current = live
  }, [live])
  useEffect(() => {
    const look = () => isOutdated().then((is) => is && setOutdated(true))
    addEventListener('vite:preloadError', look)
    return () => removeEventListener('vite:preloadError', look)
  }, [])

  /** Tell a person what was done. The same again is told again. */
  const say = (text, link) => setTold((last) => ({ number: (last?.number ?? 0) + 1, text, link }))

  /** Copy a link to the query that is shown; or show the link, where a page may not copy. */
  async function share() {
    const { query, variables } = desk.current.shown()
    const made = linkTo(query, variables)
    if (!made) return say(texts.sharedLong)
    try {
      await navigator.clipboard.writeText(made.link)
    } catch {
      return say(texts.sharedByHand, made.link)
    }
    return say(made.clean ? texts.shared : texts.sharedClean)
  }

  /** Open what the page's address asks for, once. */
  function openAsked() {
    const asked = askedBy(location.hash)
    if (!asked) return
    forget()
    const example = EXAMPLES.find(({ name }) => name === asked.example)
    if (asked.example && !example) return say(texts.unknownExample)
    desk.current.open(example ? tabOf(example, language) : asked)
    if (!example) say(texts.opened)
  }

  /** GraphiQL anew, with the examples in this language. */
  function reset() {
    editors.removeItem('graphiql:tabState')
    tell(null)
    setEdition(edition + 1)
  }

  function speak(next) {
    lasting.setItem(KEY, next)
    spoken.current = next
    if (untouched(desk.current.tabs, language)) reset()
    setLanguage(next)
  }

  return (
    <>
      <Bar
        {...{ network, demonstration, documented, account, language, texts, live, told, outdated, speak, reset, share, say }}
        open={(example) => desk.current.open(tabOf(example, language))}
      />
      <main lang="en" aria-label={texts.playground}>
        <GraphiQL
          key={edition}
          fetcher={fetcher}
          storage={editors}
          editorTheme={EDITOR_THEMES}
          onTabChange={storeTabs}
          plugins={PLUGINS}
          defaultTabs={opening(language)}
          defaultEditorToolsVisibility={ROOMY}
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          schemaDescription
          inputValueDeprecation
        >
          <GraphiQL.Logo>
            <span aria-hidden="true" />
          </GraphiQL.Logo>
          <GraphiQL.Footer>
            <UpdateList {...{ updates, language, texts }} />
          </GraphiQL.Footer>
          <Desk into={desk} ready={openAsked} />
          <EditorThemes />
          <PlainText />
          <Authorization />
        </GraphiQL>
      </main>
    </>
  )
}

/** What the bar does with GraphiQL: which tabs are open, what is shown, how to open another. Tells when it is `ready`. */
function Desk({ into, ready }) {
  const { addTab, changeTab, stop, updateActiveTabValues } = useGraphiQLActions()
  const { tabs, active, query, variables } = useGraphiQL((state) => ({
    tabs: state.tabs,
    active: state.activeTabIndex,
    query: state.queryEditor,
    variables: state.variableEditor,
  }))
  const current = useSyncExternalStore(account.subscribe, account.current)

  async function complete() {
    const before = shown()
    const known = await filled(before.query, before.variables, account.authorization())
    const after = shown()
    if (known !== null && after.query === before.query && after.variables === before.variables) variables.setValue(known)
  }

  const shown = () => ({ query: query.getValue(), variables: variables.getValue() })

  function open(tab) {
    const known = tabs.findIndex((one) => one.query === tab.query && (one.variables ?? '') === tab.variables)
    stop()
    if (known >= 0) return changeTab(known)
    addTab()
    query.setValue(tab.query)
    variables.setValue(tab.variables)
    // Else the tab is an empty one for as long as GraphiQL waits for more to be typed.
    updateActiveTabValues({ query: tab.query, variables: tab.variables })
    query.focus()
    return complete()
  }

  useEffect(() => {
    into.current = { tabs, shown, open }
  })
  useEffect(() => {
    updates.begin()
  }, [tabs[active]?.id])
  useEffect(() => {
    if (query && variables) complete()
  }, [query, variables, tabs[active]?.id, current])
  const latest = useRef(ready)
  latest.current = ready
  useEffect(() => {
    if (!query || !variables) return undefined
    const asked = () => latest.current()
    asked()
    addEventListener('hashchange', asked)
    return () => removeEventListener('hashchange', asked)
  }, [query, variables])
  return null
}

// A token has no other end, and a phone little room. And no dash of a German sentence is a letter that deceives.
const TEXT_OPTIONS = { wordWrap: 'on', unicodeHighlight: { ambiguousCharacters: false } }

/** Has the editors break long lines, and take texts for what they are. */
function PlainText() {
  const { query, variables, headers, answer } = useGraphiQL((state) => ({
    query: state.queryEditor,
    variables: state.variableEditor,
    headers: state.headerEditor,
    answer: state.responseEditor,
  }))
  useEffect(() => {
    for (const editor of [query, variables, headers, answer]) editor?.updateOptions(TEXT_OPTIONS)
  }, [query, variables, headers, answer])
  return null
}

/** Keeps the token of who is signed in among the headers of the tab that is shown. */
function Authorization() {
  const { editor, tab } = useGraphiQL((state) => ({
    editor: state.headerEditor,
    tab: state.tabs[state.activeTabIndex]?.id,
  }))
  const current = useSyncExternalStore(account.subscribe, account.current)
  useEffect(() => {
    if (!editor) return
    const text = editor.getValue()
    const filled = account.fill(text)
    if (filled !== text) editor.setValue(filled)
  }, [editor, tab, current])
  return null
}
