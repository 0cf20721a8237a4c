import { Menu } from '@base-ui/react/menu'
import { useQuery } from '@tanstack/react-query'
import { needsAttention } from '@zapfleet/words'
import { type ReactNode, useEffect, useState } from 'react'
import { AlertsLink } from './alerts/alerts-link.tsx'
import { useFleet, useMayAct, usePools } from './api/fleet.tsx'
import { Icon } from './design/icon.tsx'
import { followLink, go } from './follow-route.ts'
import { Banners } from './live/banners.tsx'
import { useLiveFleet } from './live/live-fleet.tsx'
import { usePairing } from './pairing/pairing-dialog.tsx'
import { ASK_HASH, CONTACTS_HASH, FLEET_HASH, MESSAGES_HASH, type Route, SETTINGS_HASH } from './route.ts'
import { Preferences } from './session/preferences.tsx'
import { SessionsDialog } from './session/sessions-dialog.tsx'
import { useSignOut } from './session/use-sign-out.ts'
import { useSpeech } from './words/speech.tsx'
import './frame.css'

const CONDITIONS_EVERY_MS = 10_000

/** The places that a key which is bound to pools may open. */
export const IN_POOLS: readonly Route['view'][] = ['fleet', 'contacts', 'ask']

/** The frame of every view: the head, the banners, and the foot. */
export function Frame({ view, children }: { view: Route['view']; children: ReactNode }) {
  const { w, f, setTimeZone } = useSpeech()
  const { instances } = useLiveFleet()
  const { trpc, session } = useFleet()
  const mayAct = useMayAct()
  const pools = usePools()
  const signOut = useSignOut()
  const [showsSessions, setShowsSessions] = useState(false)
  const pairing = usePairing()
  const { data: conditions } = useQuery(
    trpc.fleet.conditions.queryOptions({}, { refetchInterval: CONDITIONS_EVERY_MS }),
  )
  const timeZone = conditions?.timeZone
  useEffect(() => {
    if (timeZone) setTimeZone(timeZone)
  }, [timeZone, setTimeZone])

  // The title shows in the tab whether a person is needed.
  const attention = instances?.filter(needsAttention).length ?? 0
  useEffect(() => {
    document.title = attention === 0 ? 'zapfleet' : w.fleet.tabTitle(f.number(attention))
  }, [attention, w, f])

  const sections = [
    { view: 'fleet', hash: FLEET_HASH, word: w.head.fleet },
    { view: 'contacts', hash: CONTACTS_HASH, word: w.head.contacts },
    { view: 'messages', hash: MESSAGES_HASH, word: w.head.messages },
    { view: 'ask', hash: ASK_HASH, word: w.head.ask },
    { view: 'settings', hash: SETTINGS_HASH, word: w.head.settings },
  ] as const
  // Messages and settings are for admins, alerts concern the whole fleet.
  const offered = pools === null ? sections : sections.filter(({ view: one }) => IN_POOLS.includes(one))
  return (
    <div className="frame">
      <header className="head">
        <a className="head-mark" href={FLEET_HASH}>
          <span className="mark" aria-hidden="true" />
          zapfleet
        </a>
        {conditions?.evolution.simulated && <span className="head-demo">{w.banner.demo}</span>}
        <nav className="head-nav" aria-label={w.head.sections}>
          {offered.map((one) => (
            <a
              key={one.view}
              href={one.hash}
              aria-current={one.view === view ? 'page' : undefined}
              // With a contact the address is the same as without one: the browser would not follow the link.
              onClick={(event) => followLink(event, () => go(one.hash))}
            >
              {one.word}
            </a>
          ))}
        </nav>
        <div className="head-end">
          <LiveMark />
          {mayAct && (
            <button type="button" className="button button-main head-add" onClick={() => pairing.add()}>
              <Icon name="plus" />
              <span>{w.head.add}</span>
            </button>
          )}
          {pools === null && <AlertsLink isCurrent={view === 'alerts'} />}
          <Preferences icon="person">
            <Menu.Separator className="menu-line" />
            <p className="menu-label">
              {session.label}
              <br />
              {w.head.role[session.role]}
              {pools !== null && (
                <>
                  <br />
                  {w.head.pools(pools.join(', '))}
                </>
              )}
            </p>
            <Menu.Item className="menu-item" onClick={() => setShowsSessions(true)}>
              <Icon name="key" />
              {w.sessions.title}…
            </Menu.Item>
            <Menu.Item className="menu-item" onClick={() => signOut.mutate({})}>
              <Icon name="out" />
              {w.head.signOut}
            </Menu.Item>
          </Preferences>
          <SessionsDialog open={showsSessions} onClose={() => setShowsSessions(false)} />
        </div>
      </header>
      <Banners conditions={conditions} />
      <main className="view">{children}</main>
      {conditions && (
        <footer className="foot">
          <span>{w.foot.times(conditions.timeZone.replaceAll('_', ' '))}</span>
          <a href="./docs">{w.foot.description}</a>
          <span>zapfleet {conditions.version}</span>
        </footer>
      )}
    </div>
  )
}

/** Whether the page is live, as a dot and a word. */
function LiveMark() {
  const { w } = useSpeech()
  const { state } = useLiveFleet()
  const shown = state === 'live' || state === 'connecting' ? state : 'lost'
  return (
    <span className="live" data-state={shown} title={shown === 'live' ? w.live.liveHint : undefined}>
      <span className="live-dot" aria-hidden="true" />
      <span className="live-word">{w.live[shown]}</span>
    </span>
  )
}
