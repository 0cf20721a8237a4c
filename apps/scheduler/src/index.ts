export { buildJobs, fleetJobs, type Job, type Jobs } from './jobs.ts'
