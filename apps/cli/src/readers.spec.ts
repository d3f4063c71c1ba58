import { it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { safeName } from './get/target.js'

it('a file name that a server tells is read in time in proportion to its length', () => {
  expectLinear(safeName, hostileShapes('a', 'a.', 'a\u0301\u0316'))
})
