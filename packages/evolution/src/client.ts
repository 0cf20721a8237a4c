import { type OutgoingMessage, sendRequest, textsOf } from '@zapfleet/sending'
import { readAddress, readKey } from './address.ts'
import type { CallOptions, Evolution, EvolutionOptions, Timeouts, WebhookSettings } from './evolution.ts'
import { EvolutionError, type Refusal } from './evolution-error.ts'
import { encodeName, pairingDigits } from './instance-path.ts'
import { type Call, createRequester, type Requester } from './request.ts'
import * as shapes from './shapes.ts'

const TIMEOUTS: Timeouts = {
  connectionStateMs: 5_000,
  createMs: 10_000,
  createWithQrMs: 20_000,
  connectMs: 45_000,
  sendMs: 75_000,
  otherMs: 10_000,
}
const CONNECTIONS = 32
/** Redaction removes base64 of this length, whatever it is. */
const BASE64_RECOGNISED_CHARS = 100

/**
 * A client of one Evolution server. Opens no connection before the first call. Throws TypeError at once for an address or a
 * key that cannot work, without repeating either.
 */
export function createEvolution(options: EvolutionOptions): Evolution {
  const requester = createRequester({
    ...readAddress(options.url),
    apiKey: readKey(options.apiKey),
    connections: options.connections ?? CONNECTIONS,
    log: options.log ?? (() => {}),
  })
  return clientOver(requester, { ...TIMEOUTS, ...options.timeouts })
}

function clientOver(requester: Requester, timeouts: Timeouts, requestId?: string): Evolution {
  const { request, deliver, close } = requester

  /** A call with a default timeout of `usualMs`. */
  function send<T>(
    call: Omit<Call<T>, 'timeoutMs' | 'signal'>,
    usualMs: number,
    caller: CallOptions = {},
  ): Promise<T> {
    return request({ ...call, requestId, timeoutMs: caller.timeoutMs ?? usualMs, signal: caller.signal })
  }

  return {
    async create({ name, number, qrcode = false, webhook }, caller) {
      const call = 'create'
      encodeName(call, name)
      const body = {
        instanceName: name,
        integration: 'WHATSAPP-BAILEYS',
        qrcode,
        // JSON leaves out what is undefined.
        number: number === undefined ? undefined : pairingDigits(call, name, number),
        webhook: webhook && webhookBody(webhook),
      }
      return send(
        {
          call,
          name,
          method: 'POST',
          path: '/instance/create',
          body,
          secrets: Object.values(webhook?.headers ?? {}),
          acts: true,
          shape: shapes.createdInstance,
        },
        qrcode ? timeouts.createWithQrMs : timeouts.createMs,
        caller,
      )
    },

    async connect(name, caller) {
      const call = 'connect'
      const digits = caller?.number === undefined ? null : pairingDigits(call, name, caller.number)
      const path = `/instance/connect/${encodeName(call, name)}${digits === null ? '' : `?number=${digits}`}`
      // A GET that acts: it opens a socket.
      return send(
        { call, name, method: 'GET', path, acts: true, shape: shapes.connectAnswer },
        timeouts.connectMs,
        caller,
      )
    },

    async connectionState(name, caller) {
      const call = 'connectionState'
      const path = `/instance/connectionState/${encodeName(call, name)}`
      return send(
        { call, name, method: 'GET', path, acts: false, shape: shapes.stateReading },
        timeouts.connectionStateMs,
        caller,
      )
    },

    async fetchInstances(caller) {
      const call = 'fetchInstances'
      const name = caller?.name
      const query = name === undefined ? '' : `?instanceName=${encodeName(call, name)}`
      const path = `/instance/fetchInstances${query}`
      const rows = send(
        { call, name, method: 'GET', path, acts: false, shape: shapes.inventory },
        timeouts.otherMs,
        caller,
      )
      return name === undefined ? rows : unless('not_found', [], rows)
    },

    async restart(name, caller) {
      const call = 'restart'
      const path = `/instance/restart/${encodeName(call, name)}`
      return send(
        { call, name, method: 'POST', path, acts: true, shape: shapes.restartAnswer },
        timeouts.otherMs,
        caller,
      )
    },

    async logout(name, caller) {
      const call = 'logout'
      const path = `/instance/logout/${encodeName(call, name)}`
      const done = send(
        { call, name, method: 'DELETE', path, acts: true, shape: shapes.acknowledgement },
        timeouts.otherMs,
        caller,
      ).then(() => ({ wasConnected: true }))
      return unless('not_connected', { wasConnected: false }, done)
    },

    async delete(name, caller) {
      const call = 'delete'
      const path = `/instance/delete/${encodeName(call, name)}`
      const done = send(
        { call, name, method: 'DELETE', path, acts: true, shape: shapes.acknowledgement },
        timeouts.otherMs,
        caller,
      ).then(() => ({ existed: true }))
      return unless('not_found', { existed: false }, done)
    },

    async setWebhook(name, settings, caller) {
      const call = 'setWebhook'
      const path = `/webhook/set/${encodeName(call, name)}`
      const secrets = Object.values(settings.headers ?? {})
      const body = { webhook: webhookBody(settings) }
      await send(
        { call, name, method: 'POST', path, body, secrets, acts: true, shape: shapes.acknowledgement },
        timeouts.otherMs,
        caller,
      )
    },

    async findWebhook(name, caller) {
      const call = 'findWebhook'
      const path = `/webhook/find/${encodeName(call, name)}`
      return send(
        { call, name, method: 'GET', path, acts: false, shape: shapes.foundWebhook },
        timeouts.otherMs,
        caller,
      )
    },

    async send(name, message, caller = {}) {
      const call = 'send'
      const encoded = encodeName(call, name)
      const { route, body } = sendRequest(message)
      const path = `/message/${route}/${encoded}`
      return deliver({
        call,
        name,
        method: 'POST',
        path,
        body,
        route,
        secrets: secretsOf(message),
        requestId,
        timeoutMs: caller.timeoutMs ?? timeouts.sendMs,
        signal: caller.signal,
      })
    },

    async whatsappNumbers(name, numbers, caller) {
      const call = 'whatsappNumbers'
      const path = `/chat/whatsappNumbers/${encodeName(call, name)}`
      return send(
        {
          call,
          name,
          method: 'POST',
          path,
          body: { numbers },
          secrets: numbers,
          acts: false,
          shape: shapes.lookedUpNumbers,
        },
        timeouts.otherMs,
        caller,
      )
    },

    async findStatuses(name, messageId, caller) {
      const call = 'findStatuses'
      const path = `/chat/findStatusMessage/${encodeName(call, name)}`
      const body = { where: { id: messageId } }
      const rows = await send(
        { call, name, method: 'POST', path, body, acts: false, shape: shapes.storedStatuses },
        timeouts.otherMs,
        caller,
      )
      // Evolution ignores conditions that it does not understand and answers everything.
      return rows.filter((row) => row.keyId === messageId).map((row) => row.status)
    },

    async version(caller) {
      return send(
        { call: 'version', method: 'GET', path: '/', acts: false, shape: shapes.greeting },
        timeouts.otherMs,
        caller,
      )
    },

    forRequest: (id) => clientOver(requester, timeouts, id),
    close,
  }
}

/** What must not appear in logs and errors. Redaction recognises longer base64 wherever it is. */
function secretsOf(message: OutgoingMessage): string[] {
  const base64 = 'media' in message ? (message.media.base64 ?? '') : ''
  return base64.length < BASE64_RECOGNISED_CHARS ? [...textsOf(message), base64] : textsOf(message)
}

/** Every field, always: Evolution keeps the old value of those left out, and fails when `events` is missing. */
function webhookBody(settings: WebhookSettings): Required<WebhookSettings> {
  return { enabled: true, headers: {}, byEvents: false, base64: false, ...settings }
}

/** The call's value, or `instead` when Evolution refused it for just that reason. */
async function unless<T>(refusal: Refusal, instead: T, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (error instanceof EvolutionError && error.refusal === refusal) return instead
    throw error
  }
}
