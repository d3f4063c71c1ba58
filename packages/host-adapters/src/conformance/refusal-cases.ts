import type { ApiKnobs } from '../fake/api-knobs.js'
import type { CannedAnswer } from '../fake/fake-server.js'
import type { RefusalCase } from './platform-conformance.js'

/*
 * The usual ways of provoking a refusal, a line each; they are named after what they do. What else a stand-in does
 * is a RefusalCase by hand.
 */
type Case<Knobs extends object> = RefusalCase<Knobs>
type During = Case<object>['during']
type Expected = Case<object>['expected']

/** The host is as these knobs say. */
export function withKnobs<Knobs extends object>(
  during: During,
  change: NoInfer<Partial<Knobs>>,
  expected: Expected,
  retryAfterMs?: number,
): Case<Knobs> {
  const arrange: Case<Knobs>['arrange'] = ({ knobs }) => void Object.assign(knobs, change)
  return { name: JSON.stringify(change), during, arrange, expected, ...optional(retryAfterMs) }
}

/** The stand-in is brought into a state that its knobs alone do not name. */
export function withState<Knobs extends object>(
  during: During,
  name: string,
  arrange: Case<Knobs>['arrange'],
  expected: Expected,
  retryAfterMs?: number,
): Case<Knobs> {
  return { name, during, arrange, expected, ...optional(retryAfterMs) }
}

/** One call of the API, by its name in the stand-in, is answered so. */
export function withAnswer<Knobs extends ApiKnobs>(
  during: During,
  call: string,
  answer: CannedAnswer,
  expected: Expected,
  retryAfterMs?: number,
): Case<Knobs> {
  const arrange: Case<Knobs>['arrange'] = ({ knobs }) => (knobs.answers[call] = answer)
  return { name: `${call} ${nameOf(answer)}`, during, arrange, expected, ...optional(retryAfterMs) }
}

/** The direct link is answered so. */
export function withLinkAnswer<Knobs extends ApiKnobs>(
  answer: CannedAnswer,
  expected: Expected,
  retryAfterMs?: number,
): Case<Knobs> {
  const arrange: Case<Knobs>['arrange'] = ({ knobs }) => (knobs.linkAnswer = answer)
  return { name: nameOf(answer), during: 'download', arrange, expected, ...optional(retryAfterMs) }
}

/** The host has deleted the file. */
export function withDeletedFile<Knobs extends object>(during: During): Case<Knobs> {
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
