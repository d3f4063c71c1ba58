import { isDeepStrictEqual } from 'node:util'

/** What an operator can set of something, as plain JSON without secrets; null where it is not there. */
export type AuditState = Readonly<Record<string, unknown>> | null

export type Changes = Record<string, [before: unknown, after: unknown]>

/** changesBetween tells each field that differs, with its value before and after; null is no value. */
export function changesBetween(before: AuditState, after: AuditState): Changes {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  const pairs = [...names].map((name) => [name, [before?.[name] ?? null, after?.[name] ?? null]] as const)
  return Object.fromEntries(pairs.filter(([, [was, is]]) => !isDeepStrictEqual(was, is))) as Changes
}
