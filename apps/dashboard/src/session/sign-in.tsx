import { type FormEvent, useId, useState } from 'react'
import { codeOf, describe } from '../api/failure.ts'
import { readRole } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type Farewell, signIn } from './follow-session.ts'
import { Preferences } from './preferences.tsx'
import './sign-in.css'

/** The form that signs the browser in with a key, and shows why a key is refused. */
export function SignInForm({ farewell }: { farewell: Farewell }) {
  const { w } = useSpeech()
  const [key, setKey] = useState('')
  const [checking, setChecking] = useState(false)
  const [problem, setProblem] = useState<string | null>(farewell === 'revoked' ? w.signIn.revoked : null)
  const id = useId()

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wanted = key.trim()
    if (wanted === '') return setProblem(w.signIn.missing)
    // A key must fit into a header.
    if (!/^[\x21-\x7e]+$/.test(wanted)) return setProblem(w.signIn.unfit)
    setChecking(true)
    setProblem(null)
    try {
      if (!(await signIn(wanted))) setProblem(w.signIn.noCookie)
    } catch (error) {
      setProblem(await problemOf(error, wanted))
    } finally {
      setChecking(false)
    }
  }

  async function problemOf(error: unknown, refused: string): Promise<string> {
    const code = codeOf(error)
    if (code === 'UNAUTHORIZED') return w.signIn.unknownKey
    if (code === 'FORBIDDEN' && (await readRole(refused).catch(() => null)) === 'bot') return w.signIn.botKey
    const { title, more } = describe(error, w)
    return more ? `${title} ${more}` : title
  }

  return (
    <div className="sign-in">
      <div className="sign-in-corner">
        <Preferences />
      </div>
      <main className="sign-in-card">
        <p className="sign-in-mark" aria-hidden="true">
          <span className="mark" />
          zapfleet
        </p>
        <h1>{w.signIn.title}</h1>
        <p className="sign-in-lead">{w.signIn.lead}</p>
        {farewell === 'signedOut' && problem === null && (
          <p className="sign-in-note" role="status">
            {w.signIn.signedOut}
          </p>
        )}
        <form onSubmit={submit} noValidate>
          <div className="field">
            <label className="field-label" htmlFor={id}>
              {w.signIn.key}
            </label>
            <input
              id={id}
              className="input figures"
              type="password"
              value={key}
              onChange={(event) => setKey(event.target.value)}
              placeholder="zf_admin_…"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              // biome-ignore lint/a11y/noAutofocus: the one field of a page that is nothing but this form
              autoFocus
              aria-invalid={problem !== null}
              aria-describedby={`${id}-hint ${id}-problem`}
            />
            <p className="field-hint" id={`${id}-hint`}>
              {w.signIn.keyHint} {w.signIn.privacy}
            </p>
          </div>
          <p className="field-error" id={`${id}-problem`} role="alert">
            {problem}
          </p>
          <button type="submit" className="button button-main sign-in-submit" disabled={checking}>
            <Icon name="key" />
            {checking ? w.signIn.checking : w.signIn.submit}
          </button>
        </form>
        <details className="sign-in-where">
          <summary>{w.signIn.whereTitle}</summary>
          <p>{w.signIn.where[0]}</p>
          <p>
            <code>cat .zapfleet/admin-key</code>
          </p>
          <p>{w.signIn.where[1]}</p>
        </details>
      </main>
    </div>
  )
}
