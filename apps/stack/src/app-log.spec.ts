import { expect, it } from '@jest/globals'
import { forTerminal } from './app-log.js'

it.each<[string, object | string, string | undefined]>([
  ['a line that is no log line', 'Warning: misspelt', 'Warning: misspelt'],
  ['an empty line', ' ', undefined],
  ['what is no warning', { level: 30, msg: 'fetch' }, undefined],
  [
    'a warning with its reason and what it concerns',
    { level: 40, msg: 'account set aside', platform: 'Http', account: 'a', reason: 'wrong password' },
    'account set aside: wrong password (platform Http, account a)',
  ],
  [
    'how often a warning came again',
    { level: 40, msg: 'sweep: due files', err: 'timeout', times: 84, seconds: 8 },
    'sweep: due files: timeout … 84 times in 8 s',
  ],
  ['what the watch over health tells', { level: 40, msg: 'not ready', check: 'queue' }, undefined],
])('of a log the terminal shows %s', (_what, line, shown) => {
  expect(forTerminal(typeof line === 'string' ? line : JSON.stringify(line))).toBe(shown)
})
