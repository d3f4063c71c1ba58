import type { Parameter, Schema } from './document-types.js'
import { type Html, markup, prose } from './html.js'
import type { Words } from './words/index.js'

/** Objects with so many fields are told once, and referred to afterwards. */
const LONG = 8
/** Longer patterns say nothing to people. */
const LONGEST_PATTERN = 24

/** Shapes are the long objects that a page has told already, by the call that it told them of. */
export class Shapes {
  private readonly list: { link: Html; fields: ReadonlyMap<string, string> }[] = []

  /** The largest one whose fields are all in `properties`, as they were told. */
  within(properties: Readonly<Record<string, Schema>>): { link: Html; rest: [string, Schema][] } | undefined {
    const entries = Object.entries(properties)
    const texts = new Map(entries.map(([name, schema]) => [name, JSON.stringify(schema)]))
    const found = this.list
      .filter(({ fields }) => [...fields].every(([name, text]) => texts.get(name) === text))
      .sort((a, b) => b.fields.size - a.fields.size)[0]
    return found && { link: found.link, rest: entries.filter(([name]) => !found.fields.has(name)) }
  }

  add(link: Html, properties: Readonly<Record<string, Schema>>): void {
    const fields = Object.entries(properties).map(([name, schema]) => [name, JSON.stringify(schema)] as const)
    if (fields.length >= LONG) this.list.push({ link, fields: new Map(fields) })
  }
}

/** Where a list of fields stands: in which language, on which page, and of which call. */
export interface FieldContext {
  words: Words
  shapes: Shapes
  /** To the call whose fields they are. */
  link: Html
}

/** The fields of an object, or of the objects in a list, and those within them. Undefined where there are none. */
export function fieldList(schema: Schema | undefined, context: FieldContext): Html | undefined {
  if (schema?.items) return fieldList(schema.items, context)
  const { properties, required = [] } = schema ?? {}
  if (!properties) return undefined
  const { words, shapes, link } = context
  const told = shapes.within(properties)
  if (!told) shapes.add(link, properties)
  const rows = (told?.rest ?? Object.entries(properties)).map(([name, field]) =>
    fieldRow(name, field, required.includes(name), context),
  )
  const { same, sameAnd } = words.calls
  return markup`${told && markup`<p class="same">${refer(rows.length === 0 ? same : sameAnd, told.link)}</p>`}${
    rows.length > 0 ? markup`<dl class="fields">${rows}</dl>` : undefined
  }`
}

/** The parameters in path and query. */
export function parameterList(parameters: readonly Parameter[], context: FieldContext): Html | undefined {
  const rows = parameters.map(({ name, required = false, description = '', schema = {} }) =>
    fieldRow(name, { ...schema, description }, required, context),
  )
  return rows.length > 0 ? markup`<dl class="fields">${rows}</dl>` : undefined
}

function fieldRow(name: string, field: Schema, isRequired: boolean, context: FieldContext): Html {
  const { calls } = context.words
  const standard =
    field.default === undefined ? undefined : ` · ${calls.defaultValue} ${String(field.default)}`
  return markup`<div>
    <dt>
      <code>${name}</code>
      <span
        >${typeWords(field, context.words)}${field.nullable === true ? ` ${calls.nullable}` : ''} ·
        ${isRequired ? calls.required : calls.optional}${standard}</span
      >
    </dt>
    <dd>${prose(field.description ?? '')}${fieldList(field, context)}</dd>
  </div> `
}

function refer(sentence: (what: string) => string, link: Html): Html {
  const [before = '', after = ''] = sentence('\0').split('\0')
  return markup`${before}${link}${after}`
}

/** What a value may be: type, range, form. */
export function typeWords(schema: Schema, words: Words): string {
  const { types, calls } = words
  if (schema.enum) return schema.enum.map(String).join(' | ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map((each) => typeWords(each, words)))].join(' | ')
  const parts = [baseWords(schema, words)]
  if (schema.pattern !== undefined && schema.pattern.length <= LONGEST_PATTERN) parts.push(schema.pattern)
  const values = schema.type === 'integer' || schema.type === 'number' ? valueRange(schema) : undefined
  if (values !== undefined) parts.push(values)
  const characters = range(schema.minLength, schema.maxLength)
  if (characters !== undefined) parts.push(types.characters(characters))
  const entries = range(schema.minItems, schema.maxItems)
  if (entries !== undefined) parts.push(types.entries(entries))
  if (schema.items && Object.keys(schema.items).length > 0) parts[0] += ` (${typeWords(schema.items, words)})`
  const { additionalProperties: others } = schema
  if (typeof others === 'object') parts[0] += ` (${calls.anyName}: ${typeWords(others, words)})`
  return parts.join(', ')
}

function baseWords({ type, format }: Schema, { types }: Words): string {
  const named = format === undefined ? undefined : (types.formats[format] ?? format)
  switch (type) {
    case 'integer':
    case 'number':
    case 'boolean':
    case 'object':
    case 'array':
      return types[type]
    case 'string':
      return format === 'binary' ? types.binary : (named ?? types.string)
    case undefined:
    default:
      return types.any
  }
}

function valueRange({ minimum, maximum, exclusiveMinimum }: Schema): string | undefined {
  if (exclusiveMinimum === true && maximum === undefined) return `> ${minimum}`
  return range(minimum, maximum)
}

function range(from: number | undefined, to: number | undefined): string | undefined {
  if (from !== undefined && to !== undefined) return from === to ? String(from) : `${from}–${to}`
  if (from !== undefined) return `≥ ${from}`
  return to === undefined ? undefined : `≤ ${to}`
}
