import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** The metrics of a process, in the text format of Prometheus. */
export type Metrics = {
  /** Further metrics are registered here. */
  readonly registry: Registry
  readonly contentType: string
  /** All metrics now. Does not reject while the database does not answer; see `showFleet`. */
  text(): Promise<string>
}

/** A registry with the metrics of Node (event loop, heap, processor) and of the build. */
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
    // The format requires NaN; prom-client writes Nan.
    text: async () => (await registry.metrics()).replace(/ Nan$/gm, ' NaN'),
  }
}
