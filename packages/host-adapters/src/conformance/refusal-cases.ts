import type { ApiKnobs } from '../fake/api-knobs.js'
import type { CannedAnswer } from '../fake/fake-server.js'
import type { RefusalCase } from './platform-conformance.js'

/*
 * The usual ways of provoking a refusal, a line each: `import * as given`, and the host refuses given these knobs, such
 * an account, that answer.
 */
type Case<Knobs extends object> = RefusalCase<Knobs>
type During = Case<object>['during']
type Expected = Case<object>['expected']

/** The host is as these knobs say. */
export function knobs<Knobs extends object>(
  during: During,
  change: NoInfer<Partial<Knobs>>,
  expected: Expected,
  retryAfterMs?: number,
): Case<Knobs> {
  const arrange: Case<Knobs>['arrange'] = (host) => void Object.assign(host.knobs, change)
  return { name: JSON.stringify(change), during, arrange, expected, ...optional(retryAfterMs) }
}

type AccountOf<Knobs> = Knobs extends { accounts: readonly (infer One)[] }
  ? One
  : Knobs extends { account: infer One }
    ? One
    : never

/** The accounts at the host, or the only one, are as these fields say. */
export function account<Knobs extends { accounts: object[] } | { account: object }>(
  during: During,
  change: NoInfer<Partial<AccountOf<Knobs>>>,
  expected: Expected,
  retryAfterMs?: number,
): Case<Knobs> {
  const arrange: Case<Knobs>['arrange'] = (host) => {
    const known: { accounts: object[] } | { account: object } = host.knobs
    for (const one of 'accounts' in known ? known.accounts : [known.account]) Object.assign(one, change)
  }
  return { name: `account ${JSON.stringify(change)}`, during, arrange, expected, ...optional(retryAfterMs) }
}

/** The stand-in is brought into a state that its knobs alone do not name. */
export function state<Knobs extends object>(
  during: During,
  name: string,
  arrange: Case<Knobs>['arrange'],
  expected: Expected,
  retryAfterMs?: number,
): Case<Knobs> {
  return { name, during, arrange, expected, ...optional(retryAfterMs) }
}

/** One call of the API, by its name in the stand-in, is answered so. */
export function answer<Knobs extends ApiKnobs>(
  during: During,
  call: string,
  canned: CannedAnswer,
  expected: Expected,
  retryAfterMs?: number,
): Case<Knobs> {
  const arrange: Case<Knobs>['arrange'] = (host) => (host.knobs.answers[call] = canned)
  return { name: `${call} ${nameOf(canned)}`, during, arrange, expected, ...optional(retryAfterMs) }
}

/** The direct link is answered so. */
export function linkAnswer<Knobs extends ApiKnobs>(
  canned: CannedAnswer,
  expected: Expected,
  retryAfterMs?: number,
): Case<Knobs> {
  const arrange: Case<Knobs>['arrange'] = (host) => (host.knobs.linkAnswer = canned)
  return { name: nameOf(canned), during: 'download', arrange, expected, ...optional(retryAfterMs) }
}

/** The host has deleted the file. */
export function deletedFile<Knobs extends object>(during: During): Case<Knobs> {
  return {
    name: 'deleted file',
    during,
    arrange: (host, link) => host.removeFile(link),
    expected: during === 'check' ? 'gone' : 'FILE_GONE',
  }
}

function nameOf({ body, status }: CannedAnswer): string {
  return `${status} ${JSON.stringify(body)}`
}

function optional(retryAfterMs: number | undefined): { retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs }
}
