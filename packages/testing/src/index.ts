export { newFolder } from './new-folder.ts'
export { type ApiProcess, spawnApi } from './spawn-api.ts'
export { emptyDatabase, type TestDatabase, testDatabase } from './test-database.ts'
