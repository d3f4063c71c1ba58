import { it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { fileOf, installationOf } from './object-name.js'
import { documentError } from './s3/s3-errors.js'

const FILE = '00000000-0000-4000-8000-000000000000'

/** What an S3 may send. */
const READERS: Record<string, readonly [read: (text: string) => unknown, ...prefixes: string[]]> = {
  'an error': [(text) => documentError('PutObject', 400, text), '<Code>', '<Error><Code>a'],
  'the name of an object': [(text) => [fileOf(text), installationOf(text)], 'a/', `${FILE}/`, `a/${FILE}/`],
}

it.each(Object.entries(READERS))(
  '%s is read in time in proportion to its length',
  (_what, [read, ...prefixes]) => {
    expectLinear(read, hostileShapes(...prefixes))
  },
)
