import type { Instance as InstanceRow } from '../ground/generated/client.ts'

/** A column of `public.whatsapp_instances` that zapfleet uses, by its name in TypeScript. */
export type Field = keyof InstanceRow

/** The type of a column, by its type in schema.prisma. `name`, `count`, `flag`, `texts` and `window` are never null. */
type TypeOf<Value> = [string | boolean] extends [Value]
  ? 'json'
  : [Value] extends [readonly string[]]
    ? 'texts'
    : null extends Value
      ? [Value] extends [string | null]
        ? 'text'
        : [Value] extends [number | null]
          ? 'int'
          : [Value] extends [Date | null]
            ? 'instant'
            : never
      : [Value] extends [string]
        ? 'name'
        : [Value] extends [number]
          ? 'count'
          : [Value] extends [boolean]
            ? 'flag'
            : [Value] extends [Date]
              ? 'window'
              : never

type Column<Value> = {
  /** Its name in PostgreSQL. */
  column: string
  type: TypeOf<Value>
  /**
   * Whether rows are read with it (`read-rows.ts`). `shown`: Instance has a field of this name; `used`: other fields, or health,
   * are computed from it.
   */
  read: 'shown' | 'used' | 'no'
  /** Whether events store it: `zapfleet.instance_facts` writes it. */
  events: boolean
  /** The calls that set it, `instance.create` and `instance.update`. */
  setBy: 'create, update' | 'update' | 'no'
  /**
   * What it becomes when a removed instance is registered again: this SQL, unless the call gives a value. `kept`: nothing
   * changes; `written`: `register-instance.ts` writes it in every case.
   */
  onReturn: 'kept' | 'written' | 'default' | 'null' | 'false' | '0'
  /** Whether the audit stores it before and after an act; `masked`: without the middle of it. */
  audit: 'plain' | 'masked' | 'no'
  /** What null reads as, in SQL and in TypeScript: the default of the column. */
  nullAs?: number
  /** For a detail of `paused`: only a pause has it, and it ends with the pause. */
  detailOf?: 'paused'
  /** For a counter: the column that holds the start of its window. */
  window?: 'hourWindow' | 'dayWindow' | 'newHourWindow' | 'newDayWindow'
}

/** All columns, once. The order is that of the cells of a row and of the changes that an event names. */
// biome-ignore format: a table, one line for each column
export const COLUMNS = {
  name:           { column: 'nome',               type: 'name',    read: 'shown', events: true,  setBy: 'no',             onReturn: 'kept',    audit: 'no' },
  phoneNumber:    { column: 'numero_telefone',    type: 'text',    read: 'shown', events: true,  setBy: 'create, update', onReturn: 'default', audit: 'masked' },
  hourlyCapacity: { column: 'capacidade_hora',    type: 'int',     read: 'shown', events: true,  setBy: 'create, update', onReturn: 'default', audit: 'plain', nullAs: 20 },
  dailyCapacity:  { column: 'capacidade_dia',     type: 'int',     read: 'shown', events: true,  setBy: 'create, update', onReturn: 'default', audit: 'plain', nullAs: 100 },
  priority:       { column: 'prioridade',         type: 'int',     read: 'shown', events: true,  setBy: 'create, update', onReturn: 'default', audit: 'plain', nullAs: 1 },
  paused:         { column: 'pausada',            type: 'flag',    read: 'shown', events: true,  setBy: 'update',         onReturn: 'false',   audit: 'plain' },
  pauseReason:    { column: 'pausa_motivo',       type: 'text',    read: 'shown', events: true,  setBy: 'update',         onReturn: 'null',    audit: 'plain', detailOf: 'paused' },
  draining:       { column: 'drenando',           type: 'flag',    read: 'shown', events: true,  setBy: 'update',         onReturn: 'false',   audit: 'plain' },
  newContactsPerHour: { column: 'novos_hora',     type: 'int',     read: 'shown', events: true,  setBy: 'update',         onReturn: 'null',    audit: 'plain' },
  newContactsPerDay:  { column: 'novos_dia',      type: 'int',     read: 'shown', events: true,  setBy: 'update',         onReturn: 'null',    audit: 'plain' },
  minGapMs:       { column: 'intervalo_min_ms',   type: 'count',   read: 'shown', events: true,  setBy: 'update',         onReturn: '0',       audit: 'plain' },
  ramp:           { column: 'rampa',              type: 'json',    read: 'shown', events: true,  setBy: 'update',         onReturn: 'null',    audit: 'plain' },
  tags:           { column: 'etiquetas',          type: 'texts',   read: 'shown', events: true,  setBy: 'create, update', onReturn: 'default', audit: 'plain' },
  server:         { column: 'servidor',           type: 'text',    read: 'shown', events: true,  setBy: 'no',             onReturn: 'written', audit: 'plain' },
  movingTo:       { column: 'mudando_para',       type: 'text',    read: 'shown', events: true,  setBy: 'no',             onReturn: 'null',    audit: 'plain' },
  hours:          { column: 'horario',            type: 'json',    read: 'shown', events: true,  setBy: 'update',         onReturn: 'null',    audit: 'plain' },
  status:         { column: 'status',             type: 'text',    read: 'shown', events: true,  setBy: 'no',             onReturn: 'written', audit: 'plain' },
  statusReason:   { column: 'status_motivo',      type: 'text',    read: 'shown', events: true,  setBy: 'no',             onReturn: 'written', audit: 'no' },
  statusSince:    { column: 'status_desde',       type: 'instant', read: 'shown', events: true,  setBy: 'no',             onReturn: 'written', audit: 'no' },
  evolutionState: { column: 'estado_evolution',   type: 'text',    read: 'used',  events: true,  setBy: 'no',             onReturn: 'null',    audit: 'no' },
  checkedAt:      { column: 'verificada_em',      type: 'instant', read: 'shown', events: true,  setBy: 'no',             onReturn: 'null',    audit: 'no' },
  silentRounds:   { column: 'silencios',          type: 'count',   read: 'used',  events: true,  setBy: 'no',             onReturn: '0',       audit: 'no' },
  duplicateOf:    { column: 'duplicata_de',       type: 'text',    read: 'shown', events: true,  setBy: 'no',             onReturn: 'null',    audit: 'no' },
  deliveryState:  { column: 'entrega',            type: 'text',    read: 'used',  events: true,  setBy: 'no',             onReturn: 'null',    audit: 'no' },
  deliverySince:  { column: 'entrega_desde',      type: 'instant', read: 'used',  events: true,  setBy: 'no',             onReturn: 'written', audit: 'no' },
  deliveryReason: { column: 'entrega_motivo',     type: 'text',    read: 'used',  events: true,  setBy: 'no',             onReturn: 'null',    audit: 'no' },
  restrictedSince:   { column: 'restrita_desde',  type: 'instant', read: 'used',  events: true,  setBy: 'no',             onReturn: 'null',    audit: 'no' },
  restrictedUntil:   { column: 'restrita_ate',    type: 'instant', read: 'used',  events: true,  setBy: 'no',             onReturn: 'null',    audit: 'no' },
  restrictionSource: { column: 'restrita_fonte',  type: 'text',    read: 'used',  events: true,  setBy: 'no',             onReturn: 'null',    audit: 'no' },
  sentThisHour:   { column: 'msgs_enviadas_hora', type: 'int',     read: 'shown', events: true,  setBy: 'no',             onReturn: 'kept',    audit: 'no', nullAs: 0, window: 'hourWindow' },
  sentToday:      { column: 'msgs_enviadas_dia',  type: 'int',     read: 'shown', events: true,  setBy: 'no',             onReturn: 'kept',    audit: 'no', nullAs: 0, window: 'dayWindow' },
  newContactsThisHour: { column: 'novos_enviados_hora', type: 'count', read: 'shown', events: true, setBy: 'no',       onReturn: 'kept',    audit: 'no', window: 'newHourWindow' },
  newContactsToday:    { column: 'novos_enviados_dia',  type: 'count', read: 'shown', events: true, setBy: 'no',       onReturn: 'kept',    audit: 'no', window: 'newDayWindow' },
  hourWindow:     { column: 'janela_hora',        type: 'window',  read: 'used',  events: true,  setBy: 'no',             onReturn: 'kept',    audit: 'no' },
  dayWindow:      { column: 'janela_dia',         type: 'window',  read: 'used',  events: true,  setBy: 'no',             onReturn: 'kept',    audit: 'no' },
  newHourWindow:  { column: 'novos_janela_hora',  type: 'window',  read: 'used',  events: true,  setBy: 'no',             onReturn: 'kept',    audit: 'no' },
  newDayWindow:   { column: 'novos_janela_dia',   type: 'window',  read: 'used',  events: true,  setBy: 'no',             onReturn: 'kept',    audit: 'no' },
  lastSentAt:     { column: 'ultima_msg_at',      type: 'instant', read: 'shown', events: true,  setBy: 'no',             onReturn: 'kept',    audit: 'no' },
  createdAt:      { column: 'created_at',         type: 'instant', read: 'shown', events: true,  setBy: 'no',             onReturn: 'kept',    audit: 'no' },
  removedAt:      { column: 'removida_em',        type: 'instant', read: 'no',    events: true,  setBy: 'no',             onReturn: 'null',    audit: 'no' },
  probedAt:       { column: 'sondada_em',         type: 'instant', read: 'no',    events: false, setBy: 'no',             onReturn: 'null',    audit: 'no' },
  connectedAt:    { column: 'conectada_em',       type: 'instant', read: 'no',    events: false, setBy: 'no',             onReturn: 'null',    audit: 'no' },
  fallBefore:     { column: 'queda_anterior',     type: 'instant', read: 'no',    events: false, setBy: 'no',             onReturn: 'null',    audit: 'no' },
  lastFall:       { column: 'ultima_queda',       type: 'instant', read: 'no',    events: false, setBy: 'no',             onReturn: 'null',    audit: 'no' },
  pairedPhone:    { column: 'fone_pareado',       type: 'text',    read: 'no',    events: false, setBy: 'no',             onReturn: 'null',    audit: 'no' },
  pairedSince:    { column: 'fone_desde',         type: 'instant', read: 'no',    events: false, setBy: 'no',             onReturn: 'null',    audit: 'no' },
} as const satisfies { [F in Field]: Column<InstanceRow[F]> }

/** Fields whose entry has one of these values under this key. */
type FieldsWhere<Key extends keyof Column<string>, Value> = {
  [F in Field]: (typeof COLUMNS)[F] extends Record<Key, Value> ? F : never
}[Field]

export type ReadField = FieldsWhere<'read', 'shown' | 'used'>
export type ShownField = FieldsWhere<'read', 'shown'>

/** What `instance.create` sets beside the name. */
export type CreateField = FieldsWhere<'setBy', 'create, update'>
/** What `instance.update` sets. */
export type UpdateField = FieldsWhere<'setBy', 'create, update' | 'update'>
export type AuditField = FieldsWhere<'audit', 'plain' | 'masked'>
export type CounterField = FieldsWhere<'window', 'hourWindow' | 'dayWindow'>

export type ColumnEntry = { [F in Field]: Column<InstanceRow[F]> }[Field]

/** The entries of the table that fulfil a condition, in its order. */
function fieldsWhere<F extends Field>(fulfils: (entry: ColumnEntry) => boolean): readonly F[] {
  return Object.entries<ColumnEntry>(COLUMNS)
    .filter(([, entry]) => fulfils(entry))
    .map(([field]) => field as F)
}

export const FIELDS = fieldsWhere<Field>(() => true)
export const READ_FIELDS = fieldsWhere<ReadField>(({ read }) => read !== 'no')
export const CREATE_FIELDS = fieldsWhere<CreateField>(({ setBy }) => setBy === 'create, update')
export const UPDATE_FIELDS = fieldsWhere<UpdateField>(({ setBy }) => setBy !== 'no')
export const AUDIT_FIELDS = fieldsWhere<AuditField>(({ audit }) => audit !== 'no')

/** The entry of a field with all keys that an entry may have. */
export const columnOf = (field: Field): ColumnEntry => COLUMNS[field]
