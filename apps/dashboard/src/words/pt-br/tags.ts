import type { tags as English } from '../en/tags.ts'

/** Etiquetas de números e os pools que elas formam. */
export const tags: typeof English = {
  tags: {
    label: 'Etiquetas',
    hint: 'Os pools de que este número faz parte, como vendas: uma mensagem com um pool sai só pelos números dele. Tecle Enter ou digite uma vírgula depois de cada uma.',
    placeholder: 'Adicionar etiqueta',
    ofOthers: 'Etiquetas de outros números',
    add: (tag) => `Adicionar a etiqueta ${tag}`,
    remove: (tag) => `Remover a etiqueta ${tag}`,
    added: (tags) => `Adicionado: ${tags}`,
    removed: (tag) => `Removido: ${tag}`,
    invalid: (tag) => `“${tag}” não é uma etiqueta: use de 1 a 50 caracteres.`,
    tooMany: (most, n) => `Um número tem no máximo ${most} etiquetas; aqui há ${n}.`,
    filter: 'Filtrar por etiqueta',
    all: 'Todas as etiquetas',
    one: (tag, n) => `${tag} (${n})`,
    only: (tag) => `Números com a etiqueta ${tag}`,
    more: (n) => `+${n}`,
    show: (tag) => `Mostrar os números com a etiqueta ${tag}`,
  },
}
