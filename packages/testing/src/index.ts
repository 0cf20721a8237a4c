export { newFolder } from './new-folder.ts'
export { type AppProcess, FROM_SOURCE, runApp } from './run-app.ts'
export { type ApiProcess, spawnApi } from './spawn-api.ts'
export { emptyDatabase, type TestDatabase, testDatabase } from './test-database.ts'
