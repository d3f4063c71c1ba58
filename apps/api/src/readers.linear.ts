import { it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { bearerToken } from './callers/bearer.js'
import { KnownRoutes } from './failures/known-routes.js'

const routes = new KnownRoutes()
routes.add('GET', '/api/external/v1/link/:linkId')

/** What anybody may send to the gateway, with or without a key. */
const READERS: Record<string, readonly [read: (text: string) => unknown, ...prefixes: string[]]> = {
  Authorization: [(text) => bearerToken(text), 'Bearer ', 'Bearer a'],
  'a path': [(text) => routes.methods(text), '/api/external/v1/link/'],
}

it.each(Object.entries(READERS))(
  '%s is read in time in proportion to its length',
  (_what, [read, ...prefixes]) => {
    expectLinear(read, hostileShapes(...prefixes))
  },
)
