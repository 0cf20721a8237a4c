export { type RunningSender, startSender } from './start-sender.ts'
