import { expect } from '@jest/globals'
import type { OpenAPIObject } from '@nestjs/swagger'
import { EXTERNAL_API, LANGUAGES, refusalTexts } from '@obb/contracts'
import { callsOf } from '../docs/document-types.js'

/** Expects that a failure of a call of the external API is one of those that the document says it may have. */
export function expectDocumented(
  document: OpenAPIObject,
  method: string,
  target: string,
  body: unknown,
): void {
  const { success, msg } = (body ?? {}) as { success?: unknown; msg?: unknown }
  if (success !== false) return
  const segments = segmentsOf(target.split('?', 1)[0] ?? '')
  const call = callsOf(document, [`${EXTERNAL_API}/`]).find(
    (each) => each.method === method.toLowerCase() && isAt(segmentsOf(each.path), segments),
  )
  if (call === undefined) return
  const causes = call.operation['x-failures'] ?? []
  const documented = causes.flatMap((cause) => LANGUAGES.map((each) => refusalTexts(cause, each).msg))
  expect([method, call.path, documented]).toEqual([method, call.path, expect.arrayContaining([msg])])
}

const segmentsOf = (path: string): string[] => path.replace(/\/$/, '').split('/')

function isAt(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, n) => part.startsWith('{') || part === segments[n])
  )
}
