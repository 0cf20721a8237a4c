export { emptyDatabase, type TestDatabase, testDatabase } from './test-database.ts'
