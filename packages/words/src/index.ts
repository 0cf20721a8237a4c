export { ACTIONS_PT_BR, STATUS_REASONS_PT_BR } from './pt-br.ts'
