import type { FakeFile } from '../fake/fake-host.js'
import { patternContent } from '../fake/content.js'

/** Bytes; not a whole number of anything. */
export const SIZE = 3 * 2 ** 20 + 17

/** The file that every test finds at the host. */
export const FILE: FakeFile = {
  name: 'a file – ünïcode.bin',
  content: patternContent(SIZE, 7),
  md5: '9e107d9d372bb6826bd81d3542a419d6',
}
