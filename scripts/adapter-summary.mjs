/* A report of Jest on one screen, for `npm run adapter`. */
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root } from './runtime.mjs'

const SOURCES = join(root, 'packages', 'host-adapters', 'src')
const SHOWN_FAILURES = 6
/** For all reasons together; each has a few. */
export const SHOWN_LINES = 36
const LEAST_LINES = 6

/**
 * summary gives what Jest's report comes to, for people: failures with their reasons, what was skipped and why, counts.
 */
export function summary(report) {
  const lines = []
  const cases = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed = cases.filter(({ status }) => status === 'failed')
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const failures = [
    ...unloaded.map(({ name, message }) => [relative(root, name), message]),
    ...failed.map(({ fullName, failureMessages }) => [fullName, failureMessages.join('\n')]),
  ]
  const shown = failures.slice(0, SHOWN_FAILURES)
  const share = Math.max(LEAST_LINES, Math.floor(SHOWN_LINES / shown.length))
  for (const [name, message] of shown) lines.push(`✗ ${name}`, ...reason(message, share), '')
  if (failures.length > SHOWN_FAILURES) lines.push(`… and ${failures.length - SHOWN_FAILURES} more`, '')
  const skipped = cases.filter(({ status }) => status === 'pending')
  const reasons = new Set(skipped.map(({ title }) => /\(skipped: (.+)\)$/.exec(title)?.[1]).filter(Boolean))
  const passed = cases.filter(({ status }) => status === 'passed').length
  const why = reasons.size > 0 ? ` (${[...reasons].join('; ')})` : ''
  lines.push(`${passed} passed, ${failures.length} failed, ${skipped.length} skipped${why}`)
  return { text: lines.join('\n'), passed: failures.length === 0 && passed > 0 }
}

/** The beginning of a message, and the first place in our sources that it names. */
function reason(message, most) {
  const lines = stripVTControlCharacters(message).split('\n')
  const stack = lines.findIndex((line) => /^\s+at /.test(line))
  const said = (stack < 0 ? lines : lines.slice(0, stack)).filter((line) => line.trim() !== '')
  const place = lines.find((line) => /^\s+at /.test(line) && line.includes(SOURCES))
  const shown = said.slice(0, most).map((line) => `    ${line}`)
  if (said.length > most) shown.push('    …')
  const at = place && /[^\s(]+:\d+:\d+/.exec(place)?.[0].replace('file://', '')
  return [...shown, ...(at ? [`    at ${relative(root, at)}`] : [])]
}
