export { type AdviceCode, adviceCode, needsAttention } from './advice-code.ts'
export { dailyLimit } from './daily-limit.ts'
export { ACTIONS_PT_BR, STATUS_REASONS_PT_BR } from './pt-br.ts'
