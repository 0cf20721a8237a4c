export { createLog, type Logger, type LogOptions } from './create-log.ts'
export { masked, maskedAddress } from './mask.ts'
