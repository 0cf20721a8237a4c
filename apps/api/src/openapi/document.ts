import { componentSchemas } from './components.ts'
import { portuguesePaths } from './portuguese-paths.ts'
import { routePaths } from './route-paths.ts'

const DESCRIPTION = `
zapfleet manages the WhatsApp numbers (instances) of a bot on the Evolution API. Before each message the bot requests
the number that sends it, and the answer is counted already.

**Keys** travel in the header \`x-api-key\` (or \`Authorization: Bearer\`), never in a URL.

**Errors** of \`/v1\` are \`{ error: { code, message, availableAt?, reasons?, nextStep?, requestId } }\`; programs switch on \`code\`.
\`Retry-After\` is set wherever a moment is known. Another method on a path that exists is 405 with \`Allow\`; a path that
does not exist is 404. The Portuguese routes answer \`{ detail }\`, as the programs that use them expect.

**Inputs** are strict: an unknown field is an error, never ignored (the Portuguese routes ignore them, as they always
did). **Answers** may gain fields within \`/v1\`; ignore unknown ones.

Everything else (live streams, history, audit, contacts) is a procedure of tRPC at \`/trpc\`, in plain JSON.
`.trim()

/** The OpenAPI 3.1 document of the API, from the schemas that the procedures check. */
export function openApiDocument(version: string) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'zapfleet',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Relative to this document: a proxy may serve it under any path.
    servers: [{ url: '.', description: 'This server' }],
    tags: [
      { name: 'Sending', description: 'What a bot calls around each message.' },
      { name: 'Fleet', description: 'What is known of the numbers and of the people they talk to.' },
      { name: 'Admin', description: 'Instances and keys, for keys of admins. Each act is in the audit.' },
      { name: 'Português', description: 'As rotas que os programas mais antigos chamam.' },
      { name: 'Health', description: 'For orchestrators.' },
    ],
    paths: { ...routePaths(), ...portuguesePaths() },
    components: {
      schemas: componentSchemas(),
      headers: {
        RequestId: {
          description:
            'The id of this request in the log: your own x-request-id (1 to 64 letters, digits, `_ . : -`), or a new one.',
          schema: { type: 'string' },
        },
        RetryAfter: {
          description: 'In how many seconds a retry is worth it.',
          schema: { type: 'string', pattern: '^[0-9]+$' },
        },
      },
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  }
}
