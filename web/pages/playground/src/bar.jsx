// Our own bar above GraphiQL: examples, language, sign-in.
import { useEffect, useId, useRef, useState, useSyncExternalStore } from 'react'

import { Refused } from './account.js'
import { LANGUAGES } from './texts.js'

const DEMONSTRATION = ['office', 'coordinator', 'member', 'applicant']
const PASSWORD = 'mitwirk-demo'

export function Bar({ network, demonstration, account, language, texts, live, outdated, speak, reset }) {
  return (
    <header className="bar" data-live={live ?? ''}>
      <h1>{network}</h1>
      {!live && <p className="title">{texts.title}</p>}
      <p role="status" className="live">
        {live && texts[live]}
      </p>
      <div className="controls">
        {outdated && (
          <button type="button" className="main" onClick={() => location.reload()}>
            {texts.outdated}
          </button>
        )}
        <button type="button" className="quiet" onClick={reset}>
          {texts.examples}
        </button>
        <div role="group" aria-label={texts.language} className="languages">
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <button key={code} type="button" lang={code} aria-pressed={code === language} onClick={() => speak(code)}>
              <span className="name">{name}</span>
              <span className="code" aria-hidden="true">
                {code.toUpperCase()}
              </span>
            </button>
          ))}
        </div>
        <Account {...{ account, demonstration, language, texts }} />
      </div>
    </header>
  )
}

function Account({ account, ...rest }) {
  const current = useSyncExternalStore(account.subscribe, account.current)
  const { texts } = rest
  if (!current) return <SignIn account={account} {...rest} />
  return (
    <div className="account">
      <span className="who" title={current.name}>
        <span className="unseen">{texts.signedInAs} </span>
        {current.name}
      </span>
      <button type="button" onClick={() => account.signOut()}>
        {texts.signOut}
      </button>
    </div>
  )
}

function SignIn({ account, demonstration, language, texts }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const button = useRef(null)
  const panel = useRef(null)

  useEffect(() => {
    if (open) panel.current.querySelector('input').focus()
  }, [open])

  function close() {
    setOpen(false)
    button.current.focus()
  }

  return (
    <div className="account" onKeyDown={(event) => event.key === 'Escape' && open && close()}>
      <button
        type="button"
        ref={button}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {texts.signIn}
      </button>
      {open && (
        <div id={id} className="panel" ref={panel}>
          <Form {...{ account, demonstration, language, texts, close }} />
        </div>
      )}
    </div>
  )
}

function Form({ account, demonstration, language, texts, close }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const id = useId()

  async function submit(event) {
    event.preventDefault()
    setBusy(true)
    setProblem('')
    try {
      await account.signIn(email, password, language)
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : texts.failed)
      setBusy(false)
    }
  }

  return (
    <form onSubmit={submit} aria-label={texts.signIn}>
      <label htmlFor={`${id}-email`}>{texts.email}</label>
      <input
        id={`${id}-email`}
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <label htmlFor={`${id}-password`}>{texts.password}</label>
      <input
        id={`${id}-password`}
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <p role="alert" className="problem">
        {problem}
      </p>
      <div className="buttons">
        <button type="submit" className="main" disabled={busy}>
          {texts.signIn}
        </button>
        <button type="button" className="quiet" onClick={close}>
          {texts.cancel}
        </button>
      </div>
      {demonstration && <Accounts {...{ texts, choose: (name) => (setEmail(name), setPassword(PASSWORD)) }} />}
      <p className="note">{texts.note}</p>
    </form>
  )
}

function Accounts({ texts, choose }) {
  return (
    <div className="demonstration">
      <p>
        {texts.demonstration} <code>{PASSWORD}</code>:
      </p>
      <ul>
        {DEMONSTRATION.map((name) => (
          <li key={name}>
            <button type="button" className="quiet" onClick={() => choose(`${name}@mitwirk.example`)}>
              {name}@mitwirk.example
            </button>{' '}
            <span>{texts.roles[name]}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
