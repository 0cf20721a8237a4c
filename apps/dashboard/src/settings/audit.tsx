import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useFleet } from '../api/fleet.tsx'
import { useNow } from '../api/server-clock.ts'
import { FailureBox } from '../design/failure-box.tsx'
import { Pages, usePageTop } from '../design/pages.tsx'
import { SelectField } from '../design/select-field.tsx'
import { go } from '../follow-route.ts'
import { useSpeech } from '../words/speech.tsx'
import { ALL_ACTS, type AuditListing, auditHash, OUTCOMES } from './address.ts'
import { AuditTable } from './audit-table.tsx'
import { Reading } from './reading.tsx'
import { useSettingsWords } from './use-words.ts'

const PAGE = 50
const READ_EVERY_MS = 15_000

/** What admins did: a list by act, key and outcome, page by page. */
export function Audit({ listing }: { listing: AuditListing }) {
  const { f } = useSpeech()
  const s = useSettingsWords()
  const { trpc } = useFleet()
  const nowMs = useNow(20_000)
  const { act, key, outcome, before } = listing
  const input = {
    limit: PAGE,
    ...(act === null ? {} : { act }),
    ...(key === null ? {} : { keyId: key }),
    ...(outcome === null ? {} : { outcome }),
    ...(before === null ? {} : { cursor: before }),
  }
  const { data, error, refetch } = useQuery(
    trpc.audit.list.queryOptions(input, {
      refetchInterval: READ_EVERY_MS,
      placeholderData: keepPreviousData,
    }),
  )
  const top = usePageTop(before)
  const { entries, nextCursor } = data ?? { entries: [], nextCursor: null }
  return (
    <section className="settings-part" aria-label={s.audit.title}>
      <p className="settings-only">{s.audit.lead}</p>
      <AuditFilters listing={listing} />
      {data === undefined ? (
        <Reading error={error} onRetry={refetch} />
      ) : (
        <>
          <p className="unseen" role="status" ref={top} tabIndex={-1}>
            {s.audit.shown(f.number(entries.length))}
          </p>
          {error && <FailureBox error={error} onRetry={refetch} />}
          {entries.length === 0 ? (
            <div className="nothing card">
              <p>{s.audit.none}</p>
              <button type="button" className="link" onClick={() => go(auditHash(ALL_ACTS))}>
                {s.audit.showAll}
              </button>
            </div>
          ) : (
            <AuditTable entries={entries} nowMs={nowMs} />
          )}
        </>
      )}
      <Pages
        before={before}
        older={nextCursor}
        words={s.audit}
        onPage={(wanted) => go(auditHash({ ...listing, before: wanted }))}
      />
    </section>
  )
}

function AuditFilters({ listing }: { listing: AuditListing }) {
  const s = useSettingsWords()
  const { trpc } = useFleet()
  const { data: keys } = useQuery(trpc.key.list.queryOptions({}))
  const list = (changes: Partial<AuditListing>) => go(auditHash({ ...listing, ...changes, before: null }))
  // A key that ended long ago has acts, and is in no list.
  const isListed = listing.key === null || keys === undefined || keys.some(({ id }) => id === listing.key)
  return (
    <search className="audit-filters" aria-label={s.audit.filters}>
      <SelectField
        label={s.audit.byAct}
        value={listing.act ?? ''}
        onChoose={(value) => list({ act: value || null })}
      >
        <option value="">{s.audit.anyAct}</option>
        {Object.entries(s.audit.nouns).map(([noun, word]) => (
          <optgroup key={noun} label={word}>
            <option value={noun}>{s.audit.allOf(word)}</option>
            {Object.entries(s.audit.acts)
              .filter(([act]) => act.startsWith(`${noun}.`))
              .map(([act, words]) => (
                <option key={act} value={act}>
                  {words}
                </option>
              ))}
          </optgroup>
        ))}
      </SelectField>
      <SelectField
        label={s.audit.byKey}
        value={listing.key ?? ''}
        onChoose={(value) => list({ key: value || null })}
      >
        <option value="">{s.audit.anyKey}</option>
        {!isListed && <option value={listing.key ?? ''}>{listing.key}</option>}
        {keys?.map(({ id, label }) => (
          <option key={id} value={id}>
            {label === id ? label : `${label} (${id})`}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={s.audit.byOutcome}
        value={listing.outcome ?? ''}
        onChoose={(value) => list({ outcome: OUTCOMES.find((one) => one === value) ?? null })}
      >
        <option value="">{s.audit.anyOutcome}</option>
        {OUTCOMES.map((one) => (
          <option key={one} value={one}>
            {s.audit.outcomes[one]}
          </option>
        ))}
      </SelectField>
    </search>
  )
}
