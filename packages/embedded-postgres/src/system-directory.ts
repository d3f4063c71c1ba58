import { chmodSync, mkdirSync } from 'node:fs'

const PATH = '/var/lib/obb'

/** systemDirectory is where root keeps what the server's account cannot reach at its proper place; made if missing. */
export function systemDirectory(): string {
  mkdirSync(PATH, { recursive: true })
  chmodSync(PATH, 0o755)
  return PATH
}
