import type { OpenAPIObject } from '@nestjs/swagger'
import type { RefusalCause } from '@obb/contracts'

/*
 * What is read of the OpenAPI document: the parts of OpenAPI 3.0 that Nest and Zod write, nothing by reference but the
 * failures.
 */

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
export type Method = (typeof METHODS)[number]

export interface Schema {
  /** Of failures only. */
  $ref?: string
  type?: string
  description?: string
  nullable?: boolean
  enum?: readonly unknown[]
  format?: string
  pattern?: string
  default?: unknown
  minimum?: number
  maximum?: number
  exclusiveMinimum?: boolean
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
  additionalProperties?: Schema | boolean
  anyOf?: readonly Schema[]
}

export interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema?: Schema
}

export interface Content {
  schema?: Schema
  example?: unknown
}

interface Body {
  description?: string
  headers?: object
  content?: Record<string, Content>
}

export interface Operation {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: Body & { required?: boolean }
  responses: Record<string, Body & { $ref?: string }>
  security?: readonly object[]
  'x-failures'?: RefusalCause[]
}

export interface Call {
  method: Method
  path: string
  operation: Operation
}

/** The calls of a document in its order. `under`: those whose paths begin with one of these. */
export function callsOf(document: OpenAPIObject, under: readonly string[] = ['']): Call[] {
  return Object.entries(document.paths)
    .filter(([path]) => under.some((prefix) => path.startsWith(prefix)))
    .flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = item[method] as Operation | undefined
        return operation ? [{ method, path, operation }] : []
      }),
    )
}

/** The schema and example of the first body that is there: JSON where both are. */
export function contentOf(body: Body | undefined): ({ type: string } & Content) | undefined {
  const [type, content] = Object.entries(body?.content ?? {})[0] ?? []
  return type === undefined || content === undefined ? undefined : { type, ...content }
}

/** The schema of `data` in a successful answer. */
export function dataOf({ responses }: Operation): Schema | undefined {
  return contentOf(responses['200'])?.schema?.properties?.['data']
}
