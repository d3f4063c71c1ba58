import { expect } from '@jest/globals'
import { type Failure, type RefusalCause, REFUSALS, failureSchema, successSchema } from '@obb/contracts'
import { z } from 'zod'

/**
 * The schema with every object closed: a field that the contract does not name fails the test. Answers are
 * JSON, so what is parsed here is what a client gets.
 */
export function strict<T>(schema: z.ZodType<T>): z.ZodType<T> {
  const json = z.toJSONSchema(schema, { override: ({ jsonSchema }) => void close(jsonSchema) })
  return z.fromJSONSchema(json as never) as z.ZodType<T>
}

function close(schema: { type?: unknown; additionalProperties?: unknown }): void {
  if (schema.type === 'object' && schema.additionalProperties === undefined)
    schema.additionalProperties = false
}

/** The data of an answer that has to be exactly a success of this schema. */
export function successOf<T>(answer: { code: number; body: unknown }, data: z.ZodType<T>): T {
  expect([answer.code, answer.body]).toEqual([200, expect.objectContaining({ success: true })])
  return (strict(successSchema(data)).parse(answer.body) as { data: T }).data
}

/** Expects exactly the envelope of this cause, with `Retry-After` where it says when to come again. */
export function expectRefusal(
  answer: { code: number; headers: { get(name: string): string | null }; body: unknown },
  cause: RefusalCause,
  code: number = REFUSALS[cause].http,
): Failure {
  const { status, msg, action } = REFUSALS[cause]
  const told = { success: false, status, msg, action }
  expect([answer.code, answer.body]).toEqual([code, expect.objectContaining(told)])
  const failure = strict(failureSchema).parse(answer.body)
  expect(answer.headers.get('retry-after')).toBe(failure.retry_in_seconds?.toString() ?? null)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  return failure
}
