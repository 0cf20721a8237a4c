import { Counter, type Registry } from 'prom-client'

/** Counts by labels at the cost of one look into a map, and shows them as a counter when somebody scrapes. */
export type Tally<Label extends string> = {
  /** One value for each label, in their order. */
  add(...values: [by: number, ...Record<Label, string>[Label][]]): void
}

/** A counter for hot paths: prom-client's own builds an object and a hash for every count. */
export function openTally<Label extends string>(
  registry: Registry,
  what: { name: string; help: string; labels: readonly Label[] },
): Tally<Label> {
  const counts = new Map<string, { values: string[]; count: number }>()
  new Counter({
    name: what.name,
    help: what.help,
    labelNames: [...what.labels],
    registers: [registry],
    collect() {
      this.reset()
      for (const { values, count } of counts.values()) {
        const labels = Object.fromEntries(what.labels.map((label, i) => [label, values[i] ?? '']))
        this.inc(labels as Record<Label, string>, count)
      }
    },
  })
  return {
    add(by, ...values) {
      const key = values.length === 1 ? (values[0] as string) : values.join('\n')
      const known = counts.get(key)
      if (known) known.count += by
      else counts.set(key, { values, count: by })
    },
  }
}

/** Shows counts that somebody else keeps, by one label. */
export function showCount(
  registry: Registry,
  what: { name: string; help: string; label: string; counts: Readonly<Record<string, number>> },
): void {
  new Counter({
    name: what.name,
    help: what.help,
    labelNames: [what.label],
    registers: [registry],
    collect() {
      this.reset()
      for (const [value, count] of Object.entries(what.counts)) this.inc({ [what.label]: value }, count)
    },
  })
}
