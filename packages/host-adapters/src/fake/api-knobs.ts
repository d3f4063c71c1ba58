import type { ServerResponse } from 'node:http'
import { sendCanned } from './fake-server.js'
import type { CannedAnswer } from './fake-server.js'
import { transferKnobs } from './transfer.js'
import type { TransferKnobs } from './transfer.js'

/** ApiKnobs are what every stand-in with a JSON API can be made to do; the conformance suite turns these. */
export interface ApiKnobs extends TransferKnobs {
  /** Given to every API call instead of the real answer. */
  apiAnswer: CannedAnswer | undefined
  /** The same for one call, by its name in `calls`. */
  answers: Record<string, CannedAnswer | undefined>
  /** Given by every direct link. */
  linkAnswer: CannedAnswer | undefined
  /** All numbers of JSON answers as text. */
  numbersAsStrings: boolean
  /** Left out of the JSON answers of a call. */
  withoutField: AnswerField | undefined
  /** A direct link is good for so many requests, then it answers `expiredLinkStatus`. */
  linkRequests: number
  expiredLinkStatus: 403 | 404 | 410
  /** Its answers are pages of a website, which have no fields to change. */
  readonly pages?: true
  /** The last JSON answer of each call, as it was before the knobs changed it. */
  readonly seen: Record<string, unknown>
}

export interface AnswerField {
  call: string
  path: readonly (string | number)[]
}

export function apiKnobs(): ApiKnobs {
  return {
    ...transferKnobs(),
    apiAnswer: undefined,
    answers: {},
    linkAnswer: undefined,
    numbersAsStrings: false,
    withoutField: undefined,
    linkRequests: Infinity,
    expiredLinkStatus: 403,
    seen: {},
  }
}

/** Every field of every JSON answer so far, those inside arrays and maps included. */
export function fieldsSeen({ seen }: Pick<ApiKnobs, 'seen'>): AnswerField[] {
  return Object.entries(seen).flatMap(([call, body]) => pathsOf(body).map((path) => ({ call, path })))
}

/** Sends what a call answers, as the knobs want it. */
export function sendApi(
  response: ServerResponse,
  knobs: ApiKnobs,
  call: string,
  real: () => CannedAnswer,
): void {
  const canned = knobs.apiAnswer ?? knobs.answers[call]
  if (canned !== undefined) return sendCanned(response, canned)
  const answer = real()
  if (typeof answer.body === 'string') return sendCanned(response, answer)
  let body: unknown = structuredClone(answer.body)
  knobs.seen[call] = structuredClone(body)
  if (knobs.withoutField?.call === call) removeAt(body, knobs.withoutField.path)
  if (knobs.numbersAsStrings) body = withNumbersAsStrings(body)
  sendCanned(response, { ...answer, body })
}

function pathsOf(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return []
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return keys.flatMap((key) => [
    [key],
    ...pathsOf((value as Record<string | number, unknown>)[key]).map((rest) => [key, ...rest]),
  ])
}

function removeAt(value: unknown, [key, ...rest]: readonly (string | number)[]): void {
  if (typeof value !== 'object' || value === null || key === undefined) return
  const fields = value as Record<string | number, unknown>
  if (rest.length > 0) return removeAt(fields[key], rest)
  if (Array.isArray(value)) value.splice(Number(key), 1)
  else delete fields[key]
}

function withNumbersAsStrings(value: unknown): unknown {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(withNumbersAsStrings)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNumbersAsStrings(inner)]))
}
