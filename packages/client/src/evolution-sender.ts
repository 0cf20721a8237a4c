import {
  judgeSendAnswer,
  judgeSendFailure,
  type NotSentReason,
  type OutgoingMedia,
  releaseCauseOf,
  type SendRequest,
  type SendRoute,
  type SendVerdict,
  sendRequest,
  textsOf,
} from '@zapfleet/sending'
import { DEFAULT_SERVER, type EvolutionServer, readServers } from './evolution-servers.ts'
import { FleetError, type Tried } from './fleet-error.ts'
import { type NotSentError, notSent } from './not-sent.ts'
import { span } from './options.ts'
import type { Exchanged } from './start-grace.ts'
import type { ServingInstance } from './with-instance.ts'

/** Address and key of Evolution, or of several servers. */
export type EvolutionSenderOptions = EvolutionServer & {
  /**
   * The further servers of the fleet, by the names that `server.list` has: `{ 'evolution-2': { url, apiKey } }`. `url` and `apiKey` above are
   * those of the server `default`. A message is sent by the server of its number.
   */
  servers?: Readonly<Record<string, EvolutionServer>>
  /** How long one message may take (default 75,000): Evolution itself takes up to a minute, and `delay` on top. */
  timeoutMs?: number
  /**
   * How long a message waits for an Evolution that has just started, in milliseconds (default 30,000; 0: not at all). Its instances
   * load and connect within some 20 s. Nothing was sent meanwhile, so the message stays with its number.
   */
  startGraceMs?: number
  /** Another `fetch`, for proxies, tracing or tests. */
  fetch?: typeof fetch
}

/** A text as Evolution 2 takes it, with any other field of its `sendText`. */
export type TextMessage = {
  /** Digits with the country code, or a JID. */
  number: string
  /** The text; not empty. */
  text: string
  /** How long Evolution shows "typing…" before it sends, in milliseconds. */
  delay?: number
} & Record<string, unknown>

/** An image, a video, a document, or audio as a voice message, with any other field of Evolution's route, such as `quoted`. */
export type MediaMessage = {
  /** Digits with the country code, or a JID. */
  number: string
  /** What is sent: its kind, and one of `url` and `base64`. */
  media: OutgoingMedia
  /** How long Evolution shows "typing…" or "recording…" before it sends, in milliseconds. */
  delay?: number
} & Record<string, unknown>

/** Sends by Evolution, each message by the server of its number, and reports failures in the form that `withInstance` reads. */
export type EvolutionSender = {
  /**
   * Sends a text through this number, once.
   *
   * @returns the id of the message, once Evolution has written it to WhatsApp's socket
   * @throws the error of `notSent` when it was certainly not sent, FleetError `MAYBE_SENT` when that is unknown
   */
  sendText(instance: SendingInstance, message: TextMessage): Promise<SentMessage>
  /**
   * Sends media through this number, once: `{ number, media: { kind: 'image', url, caption } }`. The verdict and the start grace
   * are those of `sendText`. Evolution reads the URL itself; where it cannot, or cannot upload the media to WhatsApp, the error of
   * `notSent` has the verdict `media_unavailable`.
   *
   * @returns the id of the message, once Evolution has written it to WhatsApp's socket
   * @throws FleetError `INVALID_INPUT` unless the media has exactly one of `url` and `base64`; the error of `notSent` when it was
   * certainly not sent; FleetError `MAYBE_SENT` when that is unknown
   */
  sendMedia(instance: SendingInstance, message: MediaMessage): Promise<SentMessage>
}

type SendingInstance = Pick<ServingInstance, 'name'> & Partial<ServingInstance>
type SentMessage = {
  /** Id of the message on WhatsApp. */
  messageId: string
}

type FailedSend = Exclude<SendVerdict, { messageId: string }>

/** The cause of a message that was not sent, or may have been, with the verdict on Evolution's answer. */
export class SendFailure extends Error {
  /** Always `SendFailure`. */
  override readonly name = 'SendFailure'
  /** The verdict on Evolution's answer. */
  readonly verdict: FailedSend

  constructor(message: string, verdict: FailedSend, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.verdict = verdict
  }
}

const TIMEOUT_MS = 75_000
const START_GRACE_MS = 30_000
/** A shorter text would tear holes into every word. */
const HIDDEN_MIN_CHARS = 4

/**
 * A sender for the callback of `withInstance`: `(instance) => evolution.sendText(instance, { number, text })`, or `sendMedia`.
 *
 * @throws FleetError `INVALID_INPUT` when an option is invalid
 */
export function createEvolutionSender(options: EvolutionSenderOptions): EvolutionSender {
  const caller = 'createEvolutionSender'
  const timeoutMs = span(caller, 'timeoutMs', options.timeoutMs, TIMEOUT_MS)
  const startGraceMs =
    options.startGraceMs === 0 ? 0 : span(caller, 'startGraceMs', options.startGraceMs, START_GRACE_MS)
  const servers = readServers(options, startGraceMs)
  const send = options.fetch ?? ((input, init) => globalThis.fetch(input, init))

  async function sendBy(
    { name, signal, reservation, server = reservation?.server ?? DEFAULT_SERVER }: SendingInstance,
    { route, body }: SendRequest,
    hidden: readonly unknown[],
  ): Promise<SentMessage> {
    if (signal?.aborted) throw notSent(signal.reason, { elsewhere: false, releaseCause: 'not_tried' })
    const target = servers.get(server)
    if (target === undefined) throw withoutServer(name, server)
    const { base, apiKey, grace } = target
    const delayMs = typeof body.delay === 'number' && body.delay > 0 ? body.delay : 0
    const json = JSON.stringify(body)
    const sendOnce = () => {
      const late = AbortSignal.timeout(timeoutMs + delayMs)
      const init: RequestInit = {
        method: 'POST',
        headers: { 'content-type': 'application/json', apikey: apiKey },
        body: json,
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, late]) : late,
      }
      const url = `${base}/message/${route}/${encodeURIComponent(name)}`
      return exchange(
        () => send(url, init),
        route,
        (words) => without(hidden, words),
      )
    }
    const { verdict, cause } = await grace.run(sendOnce, signal)
    if (verdict.sent === 'yes') return { messageId: verdict.messageId }
    const what = route === 'sendText' ? 'text' : 'media'
    const failure = new SendFailure(
      `${name}: ${SENTENCES[verdict.sent]} the ${what} (${verdict.words}).`,
      verdict,
      cause,
    )
    if (verdict.sent === 'no') {
      const releaseCause = releaseCauseOf(verdict.why)
      const elsewhere = verdict.elsewhere || (servers.size > 1 && SERVER_FAULTS.has(verdict.why))
      throw notSent(failure, { elsewhere, releaseCause })
    }
    const tried: Tried[] = reservation
      ? [{ instanceName: name, reservationId: reservation.id, cause: failure }]
      : []
    throw new FleetError('MAYBE_SENT', failure.message, { cause: failure, tried })
  }

  return {
    sendText: (instance, message) => sendBy(instance, { route: 'sendText', body: message }, textsOf(message)),
    async sendMedia(instance, message) {
      const { number, media, ...others } = message
      const { route, body } = mediaRequest({ number, media })
      return sendBy(instance, { route, body: { ...others, ...body } }, textsOf({ number, media }))
    },
  }
}

/** Nothing was sent, and a number on another server may send it. */
function withoutServer(name: string, server: string): NotSentError {
  const words = `${name}: nothing was sent, because it is on the Evolution server "${server}", and this sender has no address and key of it. Add them to createEvolutionSender: servers: { '${server}': { url, apiKey } }.`
  return notSent(new Error(words), { elsewhere: true, releaseCause: 'not_tried' })
}

function mediaRequest(message: { number: string; media: OutgoingMedia }): SendRequest {
  try {
    return sendRequest(message)
  } catch (error) {
    throw new FleetError('INVALID_INPUT', `sendMedia: ${(error as Error).message}`)
  }
}

/** They hold for all numbers on one server, so that a number on another one may succeed. */
const SERVER_FAULTS: ReadonlySet<NotSentReason> = new Set([
  'unreachable',
  'unlicensed',
  'database_away',
  'key_refused',
  'wrong_address',
])

const SENTENCES = {
  no: 'Evolution did not send',
  maybe: 'it is unknown whether Evolution sent',
}

async function exchange(
  send: () => Promise<Response>,
  route: SendRoute,
  clean: (words: string) => string,
): Promise<Exchanged> {
  try {
    const response = await send()
    const body = readBody(await response.text())
    return { verdict: judgeSendAnswer({ status: response.status, body, route }, clean) }
  } catch (cause) {
    return { verdict: judgeSendFailure(cause), cause }
  }
}

/** Words of Evolution without the texts of the message, which they may repeat. */
function without(hidden: readonly unknown[], words: string): string {
  return hidden.reduce<string>(
    (left, text) =>
      typeof text === 'string' && text.length >= HIDDEN_MIN_CHARS ? left.replaceAll(text, '…') : left,
    words,
  )
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
