/*
 * npm run audit: asks the registry for known weaknesses of the packages that OBB runs on. Fails for those that are
 * `high` or `critical`, and says so and passes where the registry does not answer: no network is no weakness.
 */
import { execFile } from 'node:child_process'
import { installPnpm, root, say } from './runtime.mjs'

const LIMIT_MS = 60_000
const BAD = ['high', 'critical']

/** verdictOf tells what the output of `pnpm audit --json` means: `unknown` where it is no answer of a registry. */
export function verdictOf(text) {
  let report
  try {
    report = JSON.parse(text)
  } catch {
    return { outcome: 'unknown' }
  }
  const counts = report?.metadata?.vulnerabilities
  if (counts === undefined || counts === null) return { outcome: 'unknown', reason: report?.error?.code }
  const advisories = Object.values(report.advisories ?? {}).map(
    ({ severity, module_name: name, vulnerable_versions: versions, title, url }) =>
      `${severity}: ${name} ${versions}: ${title} (${url})`,
  )
  const isBad = BAD.some((severity) => (counts[severity] ?? 0) > 0)
  return { outcome: isBad ? 'vulnerable' : 'sound', advisories }
}

export async function main() {
  const pnpm = await installPnpm()
  // Its exit code says that there is something, whatever it is.
  const output = await new Promise((resolve) => {
    const args = [pnpm, 'audit', '--prod', '--json']
    execFile(process.execPath, args, { cwd: root, timeout: LIMIT_MS, maxBuffer: 2 ** 26 }, (_error, stdout) =>
      resolve(stdout),
    )
  })
  const { outcome, reason, advisories = [] } = verdictOf(output)
  for (const line of advisories) say(line)
  if (outcome === 'unknown') {
    say(
      `The registry tells of no known weaknesses${reason === undefined ? '' : ` (${reason})`}: not audited.`,
    )
  } else if (outcome === 'sound') {
    say('No known weakness that is high or critical.')
  }
  return outcome === 'vulnerable' ? 1 : 0
}
