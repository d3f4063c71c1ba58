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

const lineage = () => `${process.ppid} ${parentOf(process.ppid) ?? ''}`

/**
 * Calls back once when whoever launched us has ended. `npm start` is npm, a shell and then us, and neither passes
 * every signal on: an end of npm shows in that the shell, or we, have another parent.
 */
export function whenLauncherEnds(ended: () => void): void {
  const before = lineage()
  const timer = setInterval(() => {
    if (lineage() === before) return
    clearInterval(timer)
    ended()
  }, CHECK_MS)
  timer.unref()
}
