import { readFileSync } from 'node:fs'

const CHECK_MS = 500

/** proc_pid_stat(5): after the command in parentheses, the second field is the parent. Elsewhere unknown. */
function parentOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
  } catch {
    return undefined
  }
}

/** Who launched us, and who launched them; on a runtime that OBB brought along there is one more between. */
function lineage(depth: number): string {
  const pids = [String(process.ppid)]
  while (pids.length < depth) pids.push(parentOf(Number(pids.at(-1))) ?? '')
  return pids.join(' ')
}

/** Set by scripts/runtime.mjs for what it starts on another Node.js than the machine's. */
const isOnBroughtRuntime = () => process.env['OBB_RUNTIME'] !== undefined

/** Whether the end of somebody else means ours: of npm, or of who waits for us on the machine's own Node.js. */
export const hasLauncher = (): boolean =>
  process.env['npm_lifecycle_event'] !== undefined || isOnBroughtRuntime()

/**
 * Calls back once when whoever launched us has ended. `npm start` is npm, a shell and then us, and neither passes
 * every signal on: an end of npm shows in that the shell, or we, have another parent.
 */
export function whenLauncherEnds(ended: () => void): void {
  const depth = (process.env['npm_lifecycle_event'] === undefined ? 0 : 2) + (isOnBroughtRuntime() ? 1 : 0)
  const before = lineage(depth)
  const timer = setInterval(() => {
    if (lineage(depth) === before) return
    clearInterval(timer)
    ended()
  }, CHECK_MS)
  timer.unref()
}
