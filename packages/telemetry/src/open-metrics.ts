import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** The figures of a process, in the text format of Prometheus. */
export type Metrics = {
  /** Where further figures are put. */
  readonly registry: Registry
  readonly contentType: string
  /** All figures now. Never rejects for a database that is away: the figures say so. */
  text(): Promise<string>
}

/** A registry of one process's own, with the figures of Node (event loop, heap, processor) and of the build. */
export function openMetrics(build: { app: string; version: string }): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'zapfleet_build_info',
    help: 'Which program this is, and of which release. Always 1.',
    labelNames: ['app', 'version', 'node'],
    registers: [registry],
  }).set({ ...build, node: process.version }, 1)
  return {
    registry,
    contentType: registry.contentType,
    // prom-client spells it otherwise than the format does.
    text: async () => (await registry.metrics()).replace(/ Nan$/gm, ' NaN'),
  }
}
