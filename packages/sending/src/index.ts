export { judgeSendAnswer, type SendAnswer } from './answer-verdict.ts'
export { judgeSendFailure } from './failure-verdict.ts'
export {
  type MediaKind,
  type OutgoingMedia,
  type OutgoingMessage,
  type SendRequest,
  type SendRoute,
  sendRequest,
  textsOf,
} from './outgoing-message.ts'
export { type NotSentReason, type ReleaseCause, releaseCauseOf, type SendVerdict } from './send-verdict.ts'
