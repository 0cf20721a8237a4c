export { newFolder } from './new-folder.ts'
export { type AppProcess, FROM_SOURCE, runApp } from './run-app.ts'
export { ADMIN_KEY, type ApiFleet, BOT_KEY, startApiFleet } from './start-api-fleet.ts'
export { emptyDatabase, type TestDatabase, testDatabase } from './test-database.ts'
