export { FolderInUseError, type Hold, holdFolder } from './hold-folder.ts'
export { lookAtProcess, type ProcessSeen } from './look-at-process.ts'
export { PostgresStartError } from './run-server.ts'
export {
  type Log,
  type Postgres,
  type StartPostgresOptions,
  startPostgres,
} from './start-postgres.ts'
export { startTemporaryPostgres } from './start-temporary-postgres.ts'
