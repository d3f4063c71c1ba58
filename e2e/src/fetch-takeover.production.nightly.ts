import { describe, it } from '@jest/globals'
import { redisAvailable } from '@obb/testing/redis'
import { describeTakeover } from './fetch-takeover.js'

if (redisAvailable()) describeTakeover('production')
else describe.skip('the production stores (redis-server is not installed)', () => it('runs', () => undefined))
