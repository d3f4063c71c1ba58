import { it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { readAccountImport } from './account-import.js'
import { API_KEY_PATTERN } from './keys.js'
import { parseBytes, parseDuration } from './units.js'

const READERS: Record<string, readonly [read: (text: string) => unknown, ...prefixes: string[]]> = {
  'a size': [parseBytes, '1', '1.5', ' 1 '],
  'a duration': [parseDuration, '1', '1.5', ' 1 '],
  'accounts as CSV': [(text) => readAccountImport(text, [], []), 'a,b,"', 'platform,login\n', '""'],
  'accounts of pyLoad': [(text) => readAccountImport(text, [], []), 'version: 1\n', 'version: 1\nA:\n'],
  'an API key': [(text) => API_KEY_PATTERN.test(text), 'obb_'],
}

it.each(Object.entries(READERS))(
  '%s is read in time in proportion to its length',
  (_what, [read, ...prefixes]) => {
    expectLinear(read, hostileShapes(...prefixes))
  },
)
