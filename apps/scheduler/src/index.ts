export { type RunningScheduler, startScheduler } from './start-scheduler.ts'
