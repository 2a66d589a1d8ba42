// Who is signed in and for whom one acts; or how to sign in.
import { useSyncExternalStore } from 'react'

import { Panel } from './panel.jsx'
import { SignIn } from './sign_in.jsx'

export function Account({ account, texts, say, ...rest }) {
  const current = useSyncExternalStore(account.subscribe, account.current)
  if (!current) {
    return (
      <Panel label={texts.signIn} describes={texts.signIn}>
        {(close) => <SignIn {...{ account, texts, close }} {...rest} />}
      </Panel>
    )
  }
  const name = (
    <>
      <span className="unseen">{texts.signedInAs} </span>
      {current.name}
    </>
  )
  return (
    <div className="account">
      <Panel label={name} className="who" describes={texts.account}>
        {() => <Who {...{ current, texts, say }} />}
      </Panel>
      <button type="button" onClick={() => account.signOut()}>
        {texts.signOut}
      </button>
    </div>
  )
}

function Who({ current, texts, say }) {
  const { name, email, role, member, actsFor = [] } = current
  async function copy(id) {
    await navigator.clipboard?.writeText(id)
    say(texts.copied)
  }
  const row = ({ id, name: called }) => (
    <li key={id}>
      {id !== member?.id && <strong>{called}</strong>}
      <code>{id}</code>
      {navigator.clipboard && (
        <button type="button" className="quiet" onClick={() => copy(id)} aria-label={`${texts.copyId}: ${called}`}>
          {texts.copyId}
        </button>
      )}
    </li>
  )
  return (
    <>
      <h2>{name}</h2>
      <p className="faint">
        {email} · {texts.roles[role.toLowerCase()]}
      </p>
      {member && <ul className="ids">{row(member)}</ul>}
      <h3>{actsFor.length ? texts.actsFor : texts.actsForNobody}</h3>
      {actsFor.length > 0 && (
        <>
          <ul className="ids">{actsFor.map(row)}</ul>
          <p className="note">{texts.actsForHow}</p>
        </>
      )}
      <p className="note">{texts.renewed}</p>
    </>
  )
}
