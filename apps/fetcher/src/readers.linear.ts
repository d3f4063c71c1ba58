import { it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { fitName } from './host-calls/file-name.js'

it('a file name that a host tells is read in time in proportion to its length', () => {
  expectLinear(fitName, hostileShapes('a', 'a.', '/'))
})
