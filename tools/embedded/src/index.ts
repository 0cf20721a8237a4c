export { PostgresStartError } from './run-server.ts'
export {
  type Log,
  type Postgres,
  type StartPostgresOptions,
  startPostgres,
} from './start-postgres.ts'
export { startTemporaryPostgres } from './start-temporary-postgres.ts'
