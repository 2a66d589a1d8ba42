// The form by which one signs in. What else leads to a session ends in `account.accept`.
import { useId, useState } from 'react'

import { Refused } from './account.js'
import { shares } from './peers.js'

const DEMONSTRATION = ['office', 'coordinator', 'member', 'applicant']
const PASSWORD = 'mitwirk-demo'

export function SignIn({ account, demonstration, language, texts, close }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  // Asked for once the server says that the account has a second factor.
  const [code, setCode] = useState(null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')

  async function submit(event) {
    event.preventDefault()
    setBusy(true)
    setProblem('')
    try {
      await account.signIn({ email, password, ...(code && { code }) }, language)
    } catch (error) {
      if (error.path?.includes('code')) setCode(code ?? '')
      setProblem(error instanceof Refused ? error.message : texts.failed)
      setBusy(false)
    }
  }

  return (
    <form onSubmit={submit} aria-label={texts.signIn}>
      <Field label={texts.email} type="email" autoComplete="username" value={email} set={setEmail} />
      <Field label={texts.password} type="password" autoComplete="current-password" value={password} set={setPassword} />
      {code !== null && <Field label={texts.code} autoComplete="one-time-code" value={code} set={setCode} />}
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
      <p className="note">{shares ? texts.note : texts.noteAlone}</p>
    </form>
  )
}

function Field({ label, set, ...given }) {
  const id = useId()
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input id={id} required {...given} onChange={(event) => set(event.target.value)} />
    </>
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
