import { dailyLimit } from '@zapfleet/words'
import type { Instance } from '../api/open-client.ts'
import { Meter } from '../design/meter.tsx'
import { sendsOf } from '../fleet/next-step.ts'
import { useSpeech } from '../words/speech.tsx'
import { takesNewContacts } from './budget.ts'

/** What a number sent of what it may, and how many new contacts it wrote to where that is limited. */
export function Uses({ instance }: { instance: Instance }) {
  const { w } = useSpeech()
  const { newContactsPerHour, newContactsPerDay } = instance
  const active = sendsOf(instance)
  const activeForNew = active && takesNewContacts(instance)
  return (
    <section className="part card">
      <h2>{w.number.use}</h2>
      <div className="uses">
        <Use
          title={w.fleet.thisHour}
          used={instance.sentThisHour}
          limit={instance.hourlyCapacity}
          active={active}
        />
        <Use title={w.fleet.today} used={instance.sentToday} limit={dailyLimit(instance)} active={active} />
        {newContactsPerHour !== null && (
          <Use
            title={w.budget.newThisHour}
            used={instance.newContactsThisHour}
            limit={newContactsPerHour}
            active={activeForNew}
          />
        )}
        {newContactsPerDay !== null && (
          <Use
            title={w.budget.newToday}
            used={instance.newContactsToday}
            limit={newContactsPerDay}
            active={activeForNew}
          />
        )}
      </div>
    </section>
  )
}

function Use(props: { title: string; used: number; limit: number; active: boolean }) {
  const { w, f } = useSpeech()
  const { title, used, limit, active } = props
  return (
    <div className="number-use">
      <p className="number-use-line">
        <span>{title}</span>
        <span className="figures">
          <span className="unseen">{w.fleet.of(f.number(used), f.number(limit))}</span>
          <span aria-hidden="true">
            <strong>{f.number(used)}</strong> / {f.number(limit)}
          </span>
        </span>
      </p>
      <Meter sent={used} capacity={limit} active={active} />
      <p className="quiet figures">{w.fleet.left(f.number(Math.max(0, limit - used)))}</p>
    </div>
  )
}
