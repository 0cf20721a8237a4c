import { dailyLimit } from '@zapfleet/words'
import { memo, type ReactNode, type Ref } from 'react'
import type { Instance } from '../api/open-client.ts'
import { Icon } from '../design/icon.tsx'
import { Meter } from '../design/meter.tsx'
import { StatusWord } from '../design/status.tsx'
import { usePauseAct } from '../number/use-acts.ts'
import { usePairing } from '../pairing/pairing-dialog.tsx'
import { type List, numberHash } from '../route.ts'
import { useSpeech } from '../words/speech.tsx'
import { actionOf, sendsOf, waitOf, whyOf } from './next-step.ts'

type Props = {
  ref: Ref<HTMLDivElement>
  index: number
  /** Its offset in the body of the table. */
  offsetPx: number
  instance: Instance
  contacts: number | null
  nowMs: number
  mayAct: boolean
  list: List
  showsServer: boolean
}

/** One number: its status, since when, why, what to do next, and the use of its hour and day. */
export const NumberRow = memo(function NumberRow(props: Props) {
  const { w, f } = useSpeech()
  const { ref, index, offsetPx, instance, contacts, nowMs, mayAct, list, showsServer } = props
  const { name, status, paused } = instance
  const why = whyOf(instance, w)
  const since = instance.statusSince && w.fleet.since(f.moment(instance.statusSince, nowMs))
  const more = [instance.pauseReason && w.fleet.pausedBecause(instance.pauseReason), why, since]
    .filter(Boolean)
    .join(' · ')
  const sends = sendsOf(instance)
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the table
    // biome-ignore lint/a11y/useFocusableInteractive: its link takes the focus
    <div
      ref={ref}
      role="row"
      className="number-row"
      data-index={index}
      data-status={status}
      data-name={name}
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${offsetPx}px)` }}
    >
      <Cell of="name">
        <a className="number-link" href={numberHash(name, list)} title={name}>
          {name}
        </a>
        {(instance.phoneNumber || showsServer) && (
          <span className="number-phone figures">
            {instance.phoneNumber && f.phone(instance.phoneNumber)}
            {showsServer && <span className="number-server">{instance.server}</span>}
          </span>
        )}
        {instance.tags.length > 0 && <RowTags tags={instance.tags} />}
      </Cell>
      <Cell of="status">
        <span className="status-line">
          <StatusWord status={status} />
          {paused && (
            <span className="paused">
              <Icon name="pause" />
              {w.fleet.pausedMark}
            </span>
          )}
          {instance.draining && <span className="paused">{w.fleet.drainingMark}</span>}
          {instance.movingTo && <span className="paused">{w.servers.movingMark(instance.movingTo)}</span>}
        </span>
        <span className="status-more" title={more}>
          {more}
        </span>
      </Cell>
      <Cell of="next">
        <NextStep instance={instance} nowMs={nowMs} mayAct={mayAct} />
      </Cell>
      <Cell of="hour" label={w.fleet.columns.hour}>
        <Use sent={instance.sentThisHour} capacity={instance.hourlyCapacity} active={sends} />
      </Cell>
      <Cell of="day" label={w.fleet.columns.day}>
        <Use sent={instance.sentToday} capacity={dailyLimit(instance)} active={sends} />
      </Cell>
      <Cell of="priority" label={w.fleet.columns.priority}>
        <span className="figures">{f.number(instance.priority)}</span>
      </Cell>
      <Cell of="lastSent" label={w.fleet.columns.lastSent}>
        <span className="figures">{instance.lastSentAt ? f.ago(instance.lastSentAt, nowMs) : w.never}</span>
      </Cell>
      <Cell of="contacts" label={w.fleet.columns.contacts}>
        <span className="figures">{contacts === null ? '…' : f.number(contacts)}</span>
      </Cell>
    </div>
  )
})

/** More would make rows of two lines. */
const TAGS_SHOWN = 2

function RowTags({ tags }: { tags: readonly string[] }) {
  const { w, f } = useSpeech()
  const more = tags.length - TAGS_SHOWN
  return (
    <span className="number-tags" title={tags.join(', ')}>
      <span className="unseen">{`${w.tags.label}: ${tags.join(', ')}`}</span>
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <span key={tag} className="tag" aria-hidden="true">
          <span className="tag-name">{tag}</span>
        </span>
      ))}
      {more > 0 && <span aria-hidden="true">{w.tags.more(f.number(more))}</span>}
    </span>
  )
}

function Cell(props: { of: string; label?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the table
    <div role="cell" className={`cell-${props.of}`}>
      {props.label && (
        <span className="cell-label" aria-hidden="true">
          {props.label}
        </span>
      )}
      {props.children}
    </div>
  )
}

function Use({ sent, capacity, active }: { sent: number; capacity: number; active: boolean }) {
  const { f, w } = useSpeech()
  return (
    <span className="use">
      <span className="use-figures figures">
        <span className="unseen">{w.fleet.of(f.number(sent), f.number(capacity))}</span>
        <span aria-hidden="true">
          <strong>{f.number(sent)}</strong> / {f.number(capacity)}
        </span>
      </span>
      <Meter sent={sent} capacity={capacity} active={active} />
    </span>
  )
}

function NextStep({ instance, nowMs, mayAct }: { instance: Instance; nowMs: number; mayAct: boolean }) {
  const { w, f } = useSpeech()
  const action = actionOf(instance, w)
  const wait = waitOf(instance, w, f, nowMs)
  if (action === null)
    return <span className={wait ? 'next-wait' : 'next-none'}>{wait ?? w.action.nothing}</span>
  return (
    <span className="next">
      <span className="next-text" title={action}>
        {action}
      </span>
      {mayAct && instance.nextStep === 'scan' && <ShowCode name={instance.name} />}
      {mayAct && instance.nextStep === 'resume' && <Resume name={instance.name} />}
    </span>
  )
}

// Buttons with hooks are separate components, so that a row without them scrolls cheaply.
function ShowCode({ name }: { name: string }) {
  const { w } = useSpeech()
  const pairing = usePairing()
  return (
    <button type="button" className="button button-small" onClick={() => pairing.pair(name)}>
      <Icon name="qr" />
      {w.fleet.showCode}
    </button>
  )
}

function Resume({ name }: { name: string }) {
  const { w } = useSpeech()
  const pause = usePauseAct(name)
  return (
    <button
      type="button"
      className="button button-small"
      disabled={pause.isPending}
      onClick={() => pause.mutate({ paused: false })}
    >
      <Icon name="play" />
      {w.fleet.resume}
    </button>
  )
}
