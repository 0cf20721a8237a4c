import { useMemo } from 'react'
import { useMayAct } from '../api/fleet.tsx'
import { useHash } from '../follow-route.ts'
import { readSettingsHash, SECTIONS, type Section, sectionHash } from './address.ts'
import { Audit } from './audit.tsx'
import { Endpoints } from './endpoints.tsx'
import { Keys } from './keys.tsx'
import { Routes } from './routes.tsx'
import { Servers } from './servers.tsx'
import { useSettingsWords } from './use-words.ts'
import './settings.css'

/** The place of settings, for admins: alert routes, webhooks, keys, servers and the audit. */
export function SettingsView() {
  const s = useSettingsWords()
  const mayAct = useMayAct()
  const hash = useHash()
  const { section, listing } = useMemo(() => readSettingsHash(hash), [hash])
  return (
    <div className="settings-place">
      <h1>{s.place.title}</h1>
      {mayAct ? (
        <>
          <SectionLinks section={section} />
          {section === 'alert-routes' && <Routes />}
          {section === 'keys' && <Keys />}
          {section === 'webhooks' && <Endpoints />}
          {section === 'servers' && <Servers />}
          {section === 'audit' && <Audit listing={listing} />}
        </>
      ) : (
        <section className="settings-viewer card">
          <h2>{s.place.viewerTitle}</h2>
          <p>{s.place.viewerMore}</p>
        </section>
      )}
    </div>
  )
}

function SectionLinks({ section }: { section: Section }) {
  const s = useSettingsWords()
  return (
    <nav className="settings-sections" aria-label={s.place.sections}>
      {SECTIONS.map((one) => (
        <a key={one} href={sectionHash(one)} aria-current={one === section ? 'page' : undefined}>
          {s.place.section[one]}
        </a>
      ))}
    </nav>
  )
}
