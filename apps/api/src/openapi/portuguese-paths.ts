import { newInstanceBody } from '../legacy/new-instance.ts'
import { type ComponentName, inputSchema, type JsonSchema, uriOf } from './components.ts'
import type { PathItem } from './route-paths.ts'

/** With a key, of any role. */
const WITH_KEY = [{ key: [] }, { bearer: [] }]

/** Errors of the two routes for admins. */
const REFUSALS = {
  401: 'Chave de API ausente ou inválida.',
  403: 'A chave não é de administrador.',
  422: 'Entrada inválida; `detail` nomeia o campo.',
  429: 'Muitas requisições com esta chave.',
  500: 'Erro interno; o log tem os detalhes sob o id da requisição.',
  502: 'A Evolution API não respondeu, recusou o pedido ou deu uma resposta inesperada.',
  503: 'O QR Code ainda não está pronto (`detail` diz a rota a tentar e Retry-After, quando), ou o banco de dados não responde.',
} as const

/** Errors of the routes of older dashboards. */
const READ_REFUSALS = {
  401: REFUSALS[401],
  403: 'A chave não é de consulta (viewer) nem de administrador.',
  429: REFUSALS[429],
  500: REFUSALS[500],
  503: 'Banco de dados indisponível.',
} as const

/** A name in a path. */
const NOME = [
  { name: 'nome', in: 'path', required: true, schema: { type: 'string', minLength: 1, maxLength: 50 } },
]

/** The Portuguese routes that older programs call, and the health routes. */
export function portuguesePaths(): Record<string, PathItem> {
  return {
    '/health/instances': {
      get: {
        operationId: 'saudeDasInstancias',
        tags: ['Português'],
        summary: 'Saúde de todas as instâncias',
        description:
          'Uma leitura ao vivo da Evolution API, no máximo uma a cada 5 s para todos. `status` de cada instância é a palavra da Evolution. Não pede chave, a menos que HEALTH_INSTANCES_OPEN=false no servidor: aí aceita qualquer chave válida.',
        security: [],
        responses: {
          200: answer('Saúde.', 'SaudeDasInstancias'),
          ...refusals({ 500: REFUSALS[500], 503: 'Banco de dados indisponível.' }),
        },
      },
    },
    '/admin/instances': {
      post: {
        operationId: 'criarInstancia',
        tags: ['Português'],
        summary: 'Criar uma instância e receber o QR Code',
        description: 'Espera até 15 s pelo código. Chave de administrador.',
        security: WITH_KEY,
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: inputSchema(newInstanceBody),
              example: { nome: 'loja-01', numero_telefone: '+5511987654321' },
            },
          },
        },
        responses: {
          200: answer('Criada.', 'InstanciaCriada'),
          ...refusals({
            ...REFUSALS,
            409: 'Já existe uma instância com este nome, ou ela já está conectada.',
            413: 'Corpo da requisição grande demais.',
            415: 'O corpo não é JSON.',
          }),
        },
      },
    },
    '/admin/instances/{nome}/qrcode': {
      get: {
        operationId: 'obterQRCode',
        tags: ['Português'],
        summary: 'Um QR Code novo',
        description: 'Um código vive 45 segundos. Chave de administrador.',
        security: WITH_KEY,
        parameters: NOME,
        responses: {
          200: answer('O código.', 'QRCode'),
          ...refusals({
            ...REFUSALS,
            404: 'Instância não encontrada.',
            409: 'A instância já está conectada.',
          }),
        },
      },
    },
    '/stats/instances': {
      get: read({
        operationId: 'estatisticasDasInstancias',
        summary: 'Uso e capacidade de cada instância',
        description: 'Lido do banco. Chave de consulta (viewer) ou de administrador.',
        response: answer('Estatísticas.', 'EstatisticasDasInstancias'),
      }),
    },
    '/dashboard/instances': {
      get: read({
        operationId: 'painelDasInstancias',
        summary: 'Todas as instâncias, com um resumo',
        description:
          'Lido do banco. `status` é o de `/dashboard/health`. Chave de consulta (viewer) ou de administrador.',
        response: answer('Painel.', 'PainelDasInstancias'),
      }),
    },
    '/dashboard/instances/{nome}': {
      get: {
        ...read({
          operationId: 'detalheDaInstancia',
          summary: 'Uma instância em detalhe',
          description: 'Lido do banco. Chave de consulta (viewer) ou de administrador.',
          response: answer('Instância.', 'InstanciaEmDetalhe'),
          others: { 404: 'Instância não encontrada.', 422: REFUSALS[422] },
        }),
        parameters: NOME,
      },
    },
    '/dashboard/health': {
      get: read({
        operationId: 'saudeGeral',
        summary: 'A frota em uma palavra',
        description:
          'O primeiro que vale: `critical` (nenhum número online), `degraded` (menos da metade), `warning` (mais de 80 % da capacidade do dia usada), `healthy`. Contam todos os números que não foram excluídos, também os pausados e os banidos; online é o status `connected`, e a capacidade é a dos números online. A resposta é 200 em todos os casos. Chave de consulta (viewer) ou de administrador.',
        response: answer('Saúde.', 'SaudeGeral'),
      }),
    },
    '/health/live': {
      get: {
        operationId: 'healthLive',
        tags: ['Health'],
        summary: 'The process runs',
        description: 'For orchestrators.',
        security: [],
        responses: { 200: json('It does.', constant({ status: 'ok' })) },
      },
    },
    '/health/ready': {
      get: {
        operationId: 'healthReady',
        tags: ['Health'],
        summary: 'The process can do its work',
        description:
          'For orchestrators: the database answers, takes writes, is migrated and shows this role every row.',
        security: [],
        responses: {
          200: json('It can.', constant({ status: 'ready' })),
          503: json('Not now.', {
            ...constant({ status: 'not_ready', reason: null }),
            properties: { status: { const: 'not_ready' }, reason: { type: 'string' } },
          }),
        },
      },
    },
  }
}

/** A route of older dashboards. */
function read(route: {
  operationId: string
  summary: string
  description: string
  response: object
  others?: Record<number, string>
}): object {
  const { response, others, ...words } = route
  return {
    ...words,
    tags: ['Português'],
    security: WITH_KEY,
    responses: { 200: response, ...refusals({ ...READ_REFUSALS, ...others }) },
  }
}

function answer(description: string, name: ComponentName): object {
  return json(description, { $ref: uriOf(name) })
}

function refusals(words: Record<number, string>): Record<number, object> {
  return Object.fromEntries(
    Object.entries(words).map(([status, description]) => [status, answer(description, 'Falha')]),
  )
}

function json(description: string, schema: JsonSchema): object {
  return {
    description,
    headers: { 'x-request-id': { $ref: '#/components/headers/RequestId' } },
    content: { 'application/json': { schema } },
  }
}

function constant(values: Record<string, unknown>): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { const: value }])),
    required: Object.keys(values),
  }
}
