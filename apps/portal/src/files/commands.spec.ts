import { execFileSync } from 'node:child_process'
import type { ListedLink } from '@obb/contracts'
import { describe, expect, it } from '@jest/globals'
import { COMMANDS, COMMAND_NAMES } from './commands.js'

describe('COMMANDS', () => {
  it('hand the link to the program as one word, whatever is in it', () => {
    const url = "https://obb.test/d/x/it's $(touch /tmp/no) `x` & more.bin"
    for (const name of COMMAND_NAMES) {
      const command = COMMANDS[name]({ link: url, maxchunks: 4 } as ListedLink)
      const words = execFileSync('sh', ['-c', `${name}() { printf '%s\\n' "$@"; }; ${command}`], {
        encoding: 'utf8',
      })
      expect(words.trimEnd().split('\n').at(-1)).toBe(url)
    }
  })

  it('take no more connections than the file has', () => {
    expect(COMMANDS.aria2c({ link: 'https://obb.test/a', maxchunks: 4 } as ListedLink)).toContain('-x 4 -s 4')
  })
})
