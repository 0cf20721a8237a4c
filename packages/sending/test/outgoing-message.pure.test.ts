import { expect, it } from 'vitest'
import { sendRequest } from '../src/index.ts'

const number = '5511987654321'

it('a text', () => {
  expect(sendRequest({ number, text: 'Olá!' })).toEqual({ route: 'sendText', body: { number, text: 'Olá!' } })
})

it.each(['image', 'video', 'document'] as const)('a %s, by address or as base64', (kind) => {
  const url = 'https://files.example/a.pdf'
  expect(sendRequest({ number, media: { kind, url, caption: 'oi' } })).toEqual({
    route: 'sendMedia',
    body: { number, mediatype: kind, media: url, caption: 'oi' },
  })
  const media = { kind, base64: 'UERG', fileName: 'a.pdf', mimeType: 'application/pdf' }
  expect(sendRequest({ number, media })).toEqual({
    route: 'sendMedia',
    body: { number, mediatype: kind, media: 'UERG', fileName: 'a.pdf', mimetype: 'application/pdf' },
  })
})

it('audio is a voice message, without a name, a type and a caption', () => {
  const media = {
    kind: 'audio',
    base64: 'T2dn',
    mimeType: 'audio/ogg',
    caption: 'oi',
    fileName: 'a.ogg',
  } as const
  expect(sendRequest({ number, media })).toEqual({
    route: 'sendWhatsAppAudio',
    body: { number, audio: 'T2dn' },
  })
})

it('media without a source, or with two, is an error that shows neither', () => {
  expect(() => sendRequest({ number, media: { kind: 'image' } })).toThrow(/image with one of url and base64/)
  const both = { kind: 'image', url: 'https://files.example/a.png', base64: 'UERG' } as const
  expect(() => sendRequest({ number, media: both })).toThrow(TypeError)
  expect(() => sendRequest({ number, media: both })).not.toThrow(/files|UERG/)
})
