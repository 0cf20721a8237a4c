import { Dialog } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useFleet, useMayAct } from '../api/fleet.tsx'
import type { Instance } from '../api/open-client.ts'
import { useNow } from '../api/server-clock.ts'
import { Icon } from '../design/icon.tsx'
import { StatusWord, TONES } from '../design/status.tsx'
import { actionOf, waitOf, whyOf } from '../fleet/next-step.ts'
import { MessagesLink } from '../messages/messages-link.tsx'
import { usePairing } from '../pairing/pairing-dialog.tsx'
import { fleetHash, WHOLE_LIST } from '../route.ts'
import { Moving } from '../servers/moving.tsx'
import { useServerCounts } from '../servers/use-servers.ts'
import type { Words } from '../words/en.ts'
import type { Format } from '../words/format.ts'
import { useSpeech } from '../words/speech.tsx'
import { Acts } from './acts.tsx'
import { pacedUntil } from './budget.ts'
import { History } from './history.tsx'
import { type Hours, hoursWords, isOpenAt, openingWords } from './hours.ts'
import { RampCard } from './ramp-card.tsx'
import { Sends } from './sends.tsx'
import { Settings } from './settings.tsx'
import { Uptime } from './uptime.tsx'
import { Uses } from './uses.tsx'

const ACTIVITY_EVERY_MS = 30_000

/** One number: its status and what to do, its use, its settings, its history. */
export function NumberView({ instance }: { instance: Instance }) {
  const { w, f } = useSpeech()
  const { trpc } = useFleet()
  const mayAct = useMayAct()
  const pairing = usePairing()
  const hasServers = useServerCounts().size > 1
  const nowMs = useNow(10_000)
  const { name, status } = instance
  const activity = useQuery(
    trpc.instance.activity.queryOptions({ name }, { refetchInterval: ACTIVITY_EVERY_MS }),
  )
  const { refetch } = activity
  const { sentToday } = instance
  // The chart follows the counter, at most once every few seconds.
  useEffect(() => {
    const timer = setTimeout(refetch, 3_000)
    return () => clearTimeout(timer)
  }, [sentToday, refetch])

  const why = whyOf(instance, w)
  const action = actionOf(instance, w)
  const wait = waitOf(instance, w, f, nowMs)
  return (
    <article className="number" aria-label={name}>
      <header className="number-head">
        <div className="number-names">
          <Dialog.Title className="number-name">{name}</Dialog.Title>
          <p className="quiet figures">
            {instance.phoneNumber ? f.phone(instance.phoneNumber) : w.number.noPhone}
          </p>
          {instance.tags.length > 0 && (
            <ul className="tags number-head-tags" aria-label={w.tags.label}>
              {instance.tags.map((tag) => (
                <li key={tag}>
                  <a
                    className="tag"
                    href={fleetHash({ ...WHOLE_LIST, tag })}
                    title={w.tags.show(tag)}
                    aria-label={w.tags.show(tag)}
                  >
                    <span className="tag-name">{tag}</span>
                  </a>
                </li>
              ))}
            </ul>
          )}
        </div>
        <Dialog.Close className="button button-plain button-icon" aria-label={w.close}>
          <Icon name="close" />
        </Dialog.Close>
      </header>

      <section className="standing card" data-tone={action ? TONES[status] : 'none'}>
        <p className="standing-line">
          <StatusWord status={status} />
          {instance.paused && (
            <span className="paused">
              <Icon name="pause" />
              {w.fleet.pausedMark}
            </span>
          )}
          {instance.draining && <span className="paused">{w.fleet.drainingMark}</span>}
          <span className="quiet">
            {[why, instance.statusSince && w.fleet.since(f.moment(instance.statusSince, nowMs))]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </p>
        {instance.pauseReason && <p>{w.fleet.pausedBecause(instance.pauseReason)}</p>}
        {(action ?? wait) && <p className="standing-action">{action ?? wait}</p>}
        {action === null && instance.unavailableReason === 'PACING' && <Pacing instance={instance} />}
        {mayAct && instance.nextStep === 'scan' && (
          <button type="button" className="button button-main" onClick={() => pairing.pair(name)}>
            <Icon name="qr" />
            {w.number.pairAgain}
          </button>
        )}
        {mayAct && <Acts instance={instance} contacts={activity.data?.contacts ?? null} />}
      </section>

      <Moving instance={instance} />
      <Uses instance={instance} />
      {instance.ramp && <RampCard instance={instance} ramp={instance.ramp} nowMs={nowMs} />}

      <Sends activity={activity} />
      <Uptime activity={activity} nowMs={nowMs} />

      <section className="part card">
        <h2>{w.number.details}</h2>
        <dl className="details figures">
          {hasServers && <Detail word={w.servers.label} value={instance.server} />}
          <Detail word={w.number.contacts} value={activity.data ? f.number(activity.data.contacts) : '…'} />
          <Detail word={w.number.delivery} value={deliveryWords(instance, w, f, nowMs)} />
          {instance.restriction && (
            <Detail word={w.number.restriction} value={restrictionWords(instance.restriction, w, f, nowMs)} />
          )}
          {instance.hours && <Detail word={w.budget.hours} value={openWords(instance.hours, w, f, nowMs)} />}
          {instance.minGapMs > 0 && (
            <Detail
              word={w.budget.gapDetail}
              value={w.budget.atLeast(instance.minGapMs / 1_000, f.number(instance.minGapMs / 1_000))}
            />
          )}
          <Detail
            word={w.number.lastSent}
            value={instance.lastSentAt ? f.ago(instance.lastSentAt, nowMs) : w.never}
          />
          <Detail
            word={w.number.checked}
            value={instance.checkedAt ? f.ago(instance.checkedAt, nowMs) : w.never}
          />
          <Detail
            word={w.number.created}
            value={instance.createdAt ? f.moment(instance.createdAt, nowMs) : w.none}
          />
        </dl>
        {mayAct && (
          <p>
            <MessagesLink number={name}>{w.messages.ofNumber}</MessagesLink>
          </p>
        )}
      </section>

      <Settings instance={instance} />
      <History instance={instance} nowMs={nowMs} />
    </article>
  )
}

/** Whether its messages arrive, and since when. */
function deliveryWords({ delivery }: Instance, w: Words, f: Format, nowMs: number): string {
  const words = w.number.deliveryState[delivery.state]
  return delivery.since === null ? words : `${words} · ${w.fleet.since(f.moment(delivery.since, nowMs))}`
}

/** Since when WhatsApp restricts it, and until when. */
function restrictionWords(
  { since, until, source }: NonNullable<Instance['restriction']>,
  w: Words,
  f: Format,
  nowMs: number,
): string {
  const end = until === null ? w.number.restrictionOpen : w.number.restrictionUntil(f.moment(until, nowMs))
  return [w.number.restrictionSource[source], w.fleet.since(f.moment(since, nowMs)), end].join(' · ')
}

/** When it may send, and whether it may now. */
function openWords(hours: Hours, w: Words, f: Format, nowMs: number): string {
  const now = f.wallTime(nowMs)
  const state = isOpenAt(hours, now) ? w.hours.open : w.hours.closedUntil(openingWords(hours, now, w))
  return `${hoursWords(hours, w)} · ${state}`
}

/** When a number that waits between two messages may send the next one, to the second. */
function Pacing({ instance }: { instance: Instance }) {
  const { w, f } = useSpeech()
  const until = pacedUntil(instance, useNow(1_000))
  return until === null ? null : (
    <p className="standing-wait figures">{w.budget.nextAt(f.clockSeconds(until))}</p>
  )
}

function Detail({ word, value }: { word: string; value: string }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{value}</dd>
    </div>
  )
}
